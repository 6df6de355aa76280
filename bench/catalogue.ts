import { monotonicMs } from '../base/clock.ts';
import { quantile, round } from '../base/statistics.ts';
import type { CommandContext } from '../cli/context.ts';
import { presentEngine } from '../cli/prepare.ts';
import { removeCluster } from '../clusters/cluster-removal.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { BENCH_RUNS, dualvip } from './command-line.ts';

const NAME = 'dualvip-bench-catalogue';

/**
 * The whole catalogue and the whole model on one hot cluster, with all nudges and without the start of the
 * cluster: `cases`, `seconds` for both commands, `rss_mb` of the larger one.
 */
export async function benchCatalogue({ progress, signal }: CommandContext): Promise<Record<string, unknown>> {
  const { docker } = await presentEngine(signal);
  try {
    await progress.step('cluster', () => dualvip(['up', '--name', NAME], { signal }));
    const flags = ['--name', NAME, '--nudges', 'all', '--reports', BENCH_RUNS];
    const catalogue = await timed(() =>
      progress.step('catalogue', () => dualvip(['run', '--all', ...flags], { signal })),
    );
    const model = await timed(() => progress.step('model', () => dualvip(['model', ...flags], { signal })));
    return {
      bench: 'catalogue',
      cases: catalogue.cases + model.cases,
      seconds: round(catalogue.seconds + model.seconds, 1),
      catalogue_cases: catalogue.cases,
      catalogue_seconds: round(catalogue.seconds, 1),
      model_cases: model.cases,
      model_seconds: round(model.seconds, 1),
      rss_mb: round(Math.max(catalogue.rss, model.rss) / 1e6, 1),
    };
  } finally {
    await removeCluster(docker, NAME);
  }
}

/**
 * The same cases of the model one after another and in lanes, in turns on one cluster: `ratio` of the medians,
 * above 1 where lanes pay.
 */
export async function benchLanes(
  { repeat }: { repeat: number },
  { progress, signal }: CommandContext,
): Promise<Record<string, unknown>> {
  const { docker } = await presentEngine(signal);
  const seconds: Record<'one' | 'lanes', number[]> = { one: [], lanes: [] };
  let cases = 0;
  try {
    await progress.step('cluster', () => dualvip(['up', '--name', NAME], { signal }));
    const flags = ['model', '-t', '-create', '--name', NAME, '--reports', BENCH_RUNS];
    for (let turn = 1; turn <= repeat; turn += 1) {
      for (const [way, more] of [
        ['one', ['--lanes', '1']],
        ['lanes', []],
      ] as const) {
        const run = await timed(() =>
          progress.step(`turn ${turn} of ${repeat}, ${way}`, () => dualvip([...flags, ...more], { signal })),
        );
        seconds[way].push(run.seconds);
        cases = run.cases;
      }
    }
  } finally {
    await removeCluster(docker, NAME);
  }
  const [one, lanes] = [quantile(seconds.one, 0.5), quantile(seconds.lanes, 0.5)];
  return {
    bench: 'lanes',
    cases,
    one_seconds: round(one, 1),
    lanes_seconds: round(lanes, 1),
    ratio: round(one / lanes, 2),
  };
}

async function timed(work: () => Promise<unknown>): Promise<{ seconds: number; cases: number; rss: number }> {
  const begin = monotonicMs();
  await work();
  const seconds = (monotonicMs() - begin) / 1000;
  const { scenarios, rssBytes } = await readRunRecord(`${BENCH_RUNS}/latest/run.json`);
  return { seconds, cases: scenarios.length, rss: rssBytes };
}
