import { cp, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, vi } from 'vitest';

import { silent } from '../../base/progress.ts';
import { SCENARIOS_FOLDER } from '../../harness/run/plan.ts';
import { type RunFlags } from '../asked-run.ts';
import { run } from './run.ts';

it('tells of --times that there is no such run before it looks for an engine', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-run-'));
  // One scenario is read sooner than all of them.
  const scenarios = path.join(folder.path, 'scenarios');
  const one = 'c2-dual-pool';
  await cp(path.join(SCENARIOS_FOLDER, one), path.join(scenarios, one), { recursive: true });
  vi.stubEnv('DOCKER_HOST', 'unix:///nonexistent/docker.sock');
  const flags: RunFlags = {
    ...{ topology: 'dual', implementation: 'metallb@0.16.1', workers: 2, images: 'auto', yes: false },
    ...{ all: false, scenarios, reports: folder.path },
    ...{ shard: '1/2', times: [path.join(folder.path, 'nope')] },
  };
  const context = { signal: new AbortController().signal, progress: silent, origin: 0, print: () => {} };
  await expect(run(flags, context)).rejects.toMatchObject({
    code: 'DUALVIP_RECORD_NOT_FOUND',
    exitCode: 64,
  });
  vi.unstubAllEnvs();
});
