import path from 'node:path';

import type { CommandContext } from '../cli/context.ts';
import { presentEngine } from '../cli/prepare.ts';
import { removeCluster } from '../clusters/cluster-removal.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { BENCH_RUNS, dualvip } from './command-line.ts';
import { quantile, round } from '../base/statistics.ts';

const NAME = 'dualvip-bench-overhead';

/**
 * The harness's own time per scenario (and with the API server's answers to the scenario's objects), over several runs of the catalogue on one cluster, and its peak
 * memory.
 */
export async function benchOverhead(
  { repeat }: { repeat: number },
  { progress, signal }: CommandContext,
): Promise<Record<string, unknown>> {
  const overheads: number[] = [];
  const withApi: number[] = [];
  const rss: number[] = [];
  const { docker } = await presentEngine(signal);
  try {
    await progress.step('cluster', () => dualvip(['up', '--name', NAME], { signal }));
    for (let turn = 1; turn <= repeat; turn += 1) {
      await progress.step(`run ${turn} of ${repeat}`, () =>
        dualvip(['run', '--name', NAME, '--reports', BENCH_RUNS], { signal }),
      );
      const record = await readRunRecord(path.join(BENCH_RUNS, 'latest', 'run.json'));
      overheads.push(...record.scenarios.map(({ timing }) => timing.overheadMs));
      withApi.push(...record.scenarios.map(({ timing }) => timing.overheadMs + timing.apiMs));
      rss.push(record.rssBytes);
    }
  } finally {
    await removeCluster(docker, NAME);
  }
  return {
    bench: 'overhead',
    p95_ms: round(quantile(overheads, 0.95), 1),
    p50_ms: round(quantile(overheads, 0.5), 1),
    with_api_p95_ms: round(quantile(withApi, 0.95), 1),
    with_api_p50_ms: round(quantile(withApi, 0.5), 1),
    scenarios: overheads.length,
    rss_mb: round(Math.max(...rss) / 1e6, 1),
  };
}
