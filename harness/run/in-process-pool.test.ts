import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { execa } from 'execa';
import { expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';

const POOL = path.join(import.meta.dirname, 'in-process-pool.ts');

/** Vitest cannot run within itself, so a process of its own does what `dualvip matrix` does: two runs. */
it('runs tests in its own process, again and again, and leaves the process as it was', async () => {
  // Below the project, so that the file finds vitest.
  await using folder = await mkdtempDisposable(path.join(PROJECT_ROOT, 'reports', '.in-process-'));
  await writeFile(
    path.join(folder.path, 'state.js'),
    'export const state = { pid: process.pid, loaded: (globalThis.loaded = (globalThis.loaded ?? 0) + 1) };\n',
  );
  await writeFile(
    path.join(folder.path, 'one.test.js'),
    [
      "import { expect, inject, test } from 'vitest';",
      "import { state } from './state.js';",
      "test('is in the same process', () => expect(state).toEqual({ pid: inject('pid'), loaded: 1 }));",
      "test('fails', () => expect(1).toBe(2));",
    ].join('\n'),
  );
  const script = `
    import { createVitest } from 'vitest/node';
    import { inProcessPool } from ${JSON.stringify(POOL)};
    const { exit } = process;
    const listeners = () => ['uncaughtException', 'unhandledRejection'].map((e) => process.listenerCount(e));
    let stopped = 0;
    const ends = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const vitest = await createVitest('test', {
        root: ${JSON.stringify(PROJECT_ROOT)}, config: false, watch: false, reporters: [{}],
        dir: ${JSON.stringify(folder.path)}, include: ['**/one.test.js'],
        pool: inProcessPool(async () => { stopped += 1; }), isolate: false, maxWorkers: 1,
        experimental: { viteModuleRunner: false, nodeLoader: false },
        disableConsoleIntercept: true,
        provide: { pid: process.pid },
      }, { logLevel: 'error' });
      const { testModules } = await vitest.start();
      const states = testModules.flatMap((one) => [...one.children.allTests()].map((test) => test.result().state));
      await vitest.close();
      ends.push({ states, exitIsBack: process.exit === exit, listeners: listeners() });
    }
    process.exitCode = 0;
    console.log(JSON.stringify({ ends, stopped }));
  `;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: PROJECT_ROOT,
    timeout: 170_000,
  });
  const end = { states: ['passed', 'failed'], exitIsBack: true, listeners: [0, 0] };
  expect(JSON.parse(stdout)).toEqual({ ends: [end, end], stopped: 2 });
}, 180_000);
