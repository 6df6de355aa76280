import { z } from 'zod';

import { FAMILIES } from '../../base/addresses.ts';
import { round } from '../../base/statistics.ts';
import { measuredAlone } from '../record/alone.ts';
import { assignmentWaits } from '../record/assignment.ts';
import { passRate } from '../record/attempts.ts';
import { implementationName } from '../record/implementation-name.ts';
import { failoversOf } from '../record/outages.ts';
import {
  EXPECTED_VERDICTS,
  runRecordSchema,
  verdictSchema,
  type RunRecord,
  type ScenarioRecord,
} from '../record/record.ts';

/** What a line of the history says that it is. A change that an old reader cannot take gets a new number. */
export const HISTORY_VERSION = 'dualvip/history/v1';

/** Milliseconds, one for each time that it was measured. */
const samplesSchema = z.object({ IPv4: z.array(z.number()), IPv6: z.array(z.number()) });
export type Samples = z.infer<typeof samplesSchema>;

const { exitCode, implementation, cluster, interrupted } = runRecordSchema.shape;

/** One run, in small: one line of the history. */
export const historyEntrySchema = z.object({
  version: z.literal(HISTORY_VERSION),
  id: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  harness: z.string(),
  implementation,
  topology: cluster.shape.topology,
  kubernetes: z.string(),
  exitCode,
  interrupted,
  /** The runs that it was merged of; they count no more. */
  of: z.array(z.string()).optional(),
  /** By id. */
  scenarios: z.record(
    z.string(),
    z.object({
      verdict: z.object({ pair: verdictSchema, IPv4: verdictSchema, IPv6: verdictSchema }),
      /** How often it was tried, and as known. */
      of: z.number().int().min(1),
      green: z.number().int().min(0),
      ms: z.number(),
    }),
  ),
  assignment: samplesSchema,
  /** Of each step whose cost was measured, by `scenario/step`. */
  outages: z.record(z.string(), samplesSchema),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** What is kept of a run: its verdicts, and what it measured. Pure. */
export function historyEntry(run: RunRecord, of?: readonly string[]): HistoryEntry {
  const alone = measuredAlone(run.scenarios);
  return {
    version: HISTORY_VERSION,
    id: run.id,
    startedAt: run.startedAt,
    durationMs: Math.round(run.durationMs),
    harness: run.harness.version,
    implementation: run.implementation,
    topology: run.cluster.topology,
    kubernetes: run.cluster.kubernetes,
    exitCode: run.exitCode,
    ...(run.interrupted === undefined ? {} : { interrupted: run.interrupted }),
    ...(of === undefined ? {} : { of: [...of] }),
    scenarios: Object.fromEntries(
      run.scenarios.map((scenario) => {
        const { id, verdict, timing } = scenario;
        const once = { of: 1, green: EXPECTED_VERDICTS.has(verdict.pair) ? 1 : 0 };
        const { of: tried, green } = passRate(scenario) ?? once;
        return [id, { verdict, of: tried, green, ms: Math.round(timing.wallMs) }];
      }),
    ),
    assignment: assignmentSamples(alone),
    outages: outageSamples(alone),
  };
}

/** Runs of the same are compared: implementation, version, mode and topology. */
export function seriesOf({ implementation: what, topology }: HistoryEntry): string {
  return `${implementationName(what)} on ${topology}`;
}

function assignmentSamples(scenarios: readonly ScenarioRecord[]): Samples {
  const waits = scenarios.flatMap(({ observations }) => assignmentWaits(observations));
  const [IPv4 = [], IPv6 = []] = FAMILIES.map((family) =>
    waits.flatMap((one) => (one[family] === undefined ? [] : [round(one[family], 1)])),
  );
  return { IPv4, IPv6 };
}

/** What heals is no outage of its own, and what is in doubt no measurement. */
function outageSamples(scenarios: readonly ScenarioRecord[]): Record<string, Samples> {
  const samples: Record<string, Samples> = {};
  for (const { id, observations } of scenarios) {
    for (const { window, outages } of failoversOf(observations)) {
      if (window.heals) continue;
      const one = (samples[`${id}/${window.after}`] ??= { IPv4: [], IPv6: [] });
      for (const { family, downMs, inconclusive } of outages) {
        if (inconclusive === undefined) one[family].push(round(downMs, 1));
      }
    }
  }
  return samples;
}
