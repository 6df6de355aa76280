import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { eventObserved, probeObserved, runWith, scenarioWith } from '../reports/fixtures.ts';
import type { Check, Observation, RunRecord, ScenarioRecord, Verdict } from '../reports/record/record.ts';
import { writeRunRecord } from '../reports/record-file.ts';

/** With what a fixture has, as in runs of catalogue and model: 27 observations and 16 checks a scenario. */
const OBSERVATIONS = 22;
const CHECKS = 12;
/** One in so many is red, and has evidence. */
const RED = 20;
/** One in so many measured a failover. */
const FAILOVER = 10;
const LOG_LINES = 2_000;

/** A run of so many cases in a folder, with the evidence that its red ones have. */
export async function writeLargeRun(folder: string, cases: number): Promise<RunRecord> {
  const scenarios = Array.from({ length: cases }, (_, index) => scenario(index));
  const record = runWith(scenarios);
  await writeRunRecord(folder, record);
  for (const { evidence } of scenarios) {
    for (const name of evidence) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, contentOf(name));
    }
  }
  return record;
}

function scenario(index: number): ScenarioRecord {
  const isRed = index % RED === 0;
  const verdict: Verdict = isRed ? 'fail' : index % 3 === 0 ? 'expected-fail' : 'pass';
  const base = scenarioWith(verdict);
  const id = `case-${String(index).padStart(4, '0')}`;
  const files = ['applied/pools.yaml', 'applied/service.yaml', 'record.json'];
  const more = ['logs/controller.log', 'logs/speaker-a.log', 'logs/speaker-b.log', 'probe/neighbours.json'];
  return scenarioWith(verdict, {
    id,
    title: `Policy PreferDualStack with pools of kind ${index} gets what it asks for`,
    startedAt: 1000 + index * 2000,
    checks: [...base.checks, ...Array.from({ length: CHECKS }, (_, check) => checkOf(check))],
    observations: [
      ...base.observations,
      ...Array.from({ length: OBSERVATIONS }, (_, at) => observationOf(at)),
      ...(index % FAILOVER === 0 ? failover() : []),
    ],
    evidence: [...files, ...(isRed ? more : [])].map((file) => `scenarios/${id}/${file}`),
  });
}

function checkOf(index: number): Check {
  return {
    step: `invariant-${index}`,
    subject: index % 2 === 0 ? 'IPv4' : 'IPv6',
    ok: true,
    expected: 'the counters of a pool agree with the addresses that Services have',
    observed: `172.18.255.${index} (dual-pool) ok (HTTP 200) after 1.9 ms, announced by dual-worker`,
  };
}

function observationOf(index: number): Observation {
  const at = 1200 + index * 20;
  if (index % 2 === 0) return probeObserved({ at, step: `reachable-${index}`, totalMs: index });
  return eventObserved({ at, message: `Assigned IP ["172.18.255.${index}" "fc00:f853:ccd:e793::${index}"]` });
}

function failover(): Observation[] {
  const streams = (['IPv4', 'IPv6'] as const).flatMap((family): Observation[] => {
    const address = family === 'IPv4' ? '172.18.255.1' : 'fc00:f853:ccd:e793::ff01';
    const shared = { at: 1200, endedAt: 14_000, step: 'watched', service: 'web-frontend', family, address };
    const counts = { port: 80, intervalMs: 10, sent: 1280, ok: 1080 };
    const gap = { from: 2130, to: 4180, count: 200, outcome: 'timeout' as const, after: 2120, until: 4170 };
    return (['new', 'held', 'udp', 'control'] as const).map((stream) => ({
      kind: 'stream',
      ...shared,
      ...counts,
      stream,
      gaps: stream === 'control' ? [] : [gap],
    }));
  });
  const window = { at: 2000, endedAt: 13_000, step: 'failover', of: 'watched', after: 'node-dies' };
  return [...streams, { kind: 'window', ...window, cause: 'node dual-worker killed', heals: false }];
}

function contentOf(name: string): string {
  if (name.endsWith('.log')) {
    const line =
      '{"level":"info","ts":"2026-11-23T01:45:02Z","msg":"start reconcile of default/web-frontend"}\n';
    return line.repeat(LOG_LINES);
  }
  if (name.endsWith('neighbours.json'))
    return '[{"address":"172.18.255.1","mac":"02:42:ac:12:00:03","state":"STALE"}]';
  return 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web-frontend\nspec:\n  type: LoadBalancer\n';
}
