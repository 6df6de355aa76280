import { mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { PROJECT_ROOT } from '../base/folders.ts';
import { program } from './command-line.ts';

const WORKFLOWS = path.join(PROJECT_ROOT, '.github/workflows');

/** actionlint of the pinned module; its exit code is 1 where it finds something. */
function actionlint(files: readonly string[]) {
  const cwd = path.join(PROJECT_ROOT, '.github/actionlint');
  return program('go', ['tool', 'actionlint', ...files], { cwd });
}

describe('the workflows', () => {
  it('are what GitHub takes, says actionlint', async () => {
    const files = (await readdir(WORKFLOWS)).map((name) => path.join(WORKFLOWS, name));
    expect(files.length).toBeGreaterThan(1);
    expect(await actionlint(files)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('would not be with a mistake', async () => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-workflow-'));
    const file = path.join(folder.path, 'wrong.yml');
    await writeFile(
      file,
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ matrix.x }}\n',
    );
    const { exitCode, stdout } = await actionlint([file]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('property "x" is not defined');
  });
});
