import path from 'node:path';

import { HarnessError } from '../base/errors.ts';
import { PROJECT_ROOT } from '../base/folders.ts';
import type { CommandContext } from '../cli/context.ts';
import { presentEngine } from '../cli/prepare.ts';
import { removeCluster } from '../clusters/cluster-removal.ts';
import { readRunRecord } from '../reports/record-file.ts';
import type { Observation, StepObservation } from '../reports/record/record.ts';
import { backlogMs } from './backlog.ts';
import { BENCH_RUNS, dualvip } from './command-line.ts';
import { round } from '../base/statistics.ts';

const NAME = 'dualvip-bench-services';
const SCENARIOS = path.join(PROJECT_ROOT, 'bench', 'scenarios');
const ID = 'thousand-services';

/**
 * 1,000 dual-stack Services on a cluster of its own. `seconds`: from the first apply until all of them are
 * verified; `apply_seconds`: the part of it until the API had answered the last apply;
 * `implementation_seconds`: how long somebody waited for an address meanwhile (backlogMs). `rss_mb`: the peak of
 * the harness's process, with all that was observed in it.
 * @throws HarnessError `DUALVIP_COMMAND_FAILED` when a Service did not get its addresses
 */
export async function benchServices({ progress, signal }: CommandContext): Promise<Record<string, unknown>> {
  const { docker } = await presentEngine(signal);
  try {
    await progress.step('cluster', () => dualvip(['up', '--name', NAME], { signal }));
    const run = ['run', '--name', NAME, '--scenarios', SCENARIOS, '-t', ID, '--reports', BENCH_RUNS];
    await progress.step('1,000 Services', () => dualvip(run, { signal }));
  } finally {
    await removeCluster(docker, NAME);
  }
  const { scenarios, rssBytes } = await readRunRecord(path.join(BENCH_RUNS, 'latest', 'run.json'));
  const all = scenarios.flatMap(({ observations }) => observations);
  const applied = stepOf(all, 'services');
  const assigned = stepOf(all, 'assigned');
  const observations = all.filter(({ at }) => at <= assigned.endedAt);
  const uids = observations.flatMap((one) => (one.kind === 'service' ? [one.uid] : []));
  return {
    bench: 'services',
    services: new Set(uids).size,
    seconds: round((assigned.endedAt - applied.at) / 1000, 1),
    apply_seconds: round((applied.endedAt - applied.at) / 1000, 1),
    implementation_seconds: round(backlogMs(observations) / 1000, 1),
    rss_mb: round(rssBytes / 1e6, 1),
  };
}

function stepOf(observations: readonly Observation[], id: string): StepObservation {
  const step = observations.find((one): one is StepObservation => one.kind === 'step' && one.id === id);
  if (step) return step;
  throw new HarnessError('DUALVIP_BENCH_INCOMPLETE', `the run of ${ID} has not come to the step ${id}`, {
    hint: `Run it by hand: npx dualvip run --scenarios bench/scenarios -t ${ID}`,
  });
}
