import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { monotonicMs } from '../base/clock.ts';
import { run } from '../base/command.ts';
import { PROJECT_ROOT } from '../base/folders.ts';
import type { CommandContext } from '../cli/context.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { BENCH_RUNS, dualvip } from './command-line.ts';
import { round } from '../base/statistics.ts';

/** Runs `npm start` and tells when it ended and when its last verdict was there. */
export async function benchStart(
  { cold }: { cold: boolean },
  { progress, signal }: CommandContext,
): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dualvip-bench-'));
  try {
    const env = cold ? { ...process.env, ...emptyCaches(folder) } : process.env;
    if (cold) await dualvip(['images', 'prune'], { signal, env });
    const begin = monotonicMs();
    const beginDate = Date.now();
    await progress.step(`npm start${cold ? ', cold' : ''}`, (detail) =>
      run('npm', ['start', '--', '--reports', BENCH_RUNS], {
        cwd: PROJECT_ROOT,
        env,
        signal,
        onLine: detail,
      }),
    );
    const seconds = (monotonicMs() - begin) / 1000;
    const record = await readRunRecord(path.join(BENCH_RUNS, 'latest', 'run.json'));
    const last = Math.max(...record.scenarios.map(({ startedAt, timing }) => startedAt + timing.wallMs));
    // What comes before the command's own clock is npm and Node starting; it belongs to the user's wait.
    const before = Date.parse(record.startedAt) - beginDate;
    return {
      bench: cold ? 'start-cold' : 'start',
      seconds: round(seconds, 1),
      verdict_seconds: round((last + before) / 1000, 1),
      scenarios: record.scenarios.length,
    };
  } finally {
    // Go's module cache is read-only.
    await run('chmod', ['-R', 'u+w', folder]);
    await rm(folder, { recursive: true, force: true });
  }
}

function emptyCaches(folder: string): Record<string, string> {
  return {
    DUALVIP_CACHE_DIR: path.join(folder, 'cache'),
    GOCACHE: path.join(folder, 'go-build'),
    GOMODCACHE: path.join(folder, 'go-mod'),
  };
}
