import { mkdtempDisposable, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { PROJECT_ROOT } from '../base/folders.ts';
import { program, userEnvironment, type CommandEnd } from './command-line.ts';

/** The PATH of a shell outside of npm: the machine's own Node, and not the project's. */
function machinePath(): string {
  const folders = (userEnvironment()['PATH'] ?? '').split(path.delimiter);
  return folders.filter((folder) => !folder.includes('node_modules')).join(path.delimiter);
}

/** Who has just cloned the repository, and has nothing but the machine's Node. */
describe('a fresh clone', () => {
  const cleanup = new AsyncDisposableStack();
  const env = { PATH: machinePath() };
  let cwd: string;
  let help: CommandEnd;

  beforeAll(async () => {
    const { path: folder } = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-clone-')));
    cwd = path.join(await realpath(folder), 'dualvip');
    const clone = await program('git', ['clone', '--quiet', PROJECT_ROOT, cwd], { env });
    if (clone.exitCode !== 0) throw new Error(`git clone: ${clone.stderr}`);
    help = await program('npm', ['start', '--', '--help'], { cwd, env });
  });

  afterAll(() => cleanup.disposeAsync());

  it('starts on the Node of the machine, and brings its own', async () => {
    const machines = await program('sh', ['-c', 'command -v node'], { env });
    expect(machines.stdout).toMatch(/^\/.+\/node$/);
    expect(machines.stdout).not.toContain('node_modules');
    const own = await program(path.join(cwd, 'node_modules', '.bin', 'node'), ['--version'], { env });
    expect(own.stdout).toBe(process.version);
  });

  it('installs and shows the help by `npm start -- --help`', () => {
    expect(help.exitCode).toBe(0);
    expect(help.stderr).toContain('… installing dependencies (once)\n');
    expect(help.stderr).toMatch(/^✓ installed dependencies (\d+ min )?[\d.]+ m?s$/m);
    expect(help.stdout).toMatch(/^Usage: npx dualvip \[options\] \[command\]$/m);
    expect(help.stdout).toContain(
      'Exit codes: 0 all as known, 1 a verdict differs, 2 the harness failed, 64 usage.',
    );
  });

  it('prints the version and nothing else by `node bin/dualvip.js --version`, from any folder', async () => {
    const text = await readFile(path.join(cwd, 'package.json'), 'utf8');
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
    const dualvip = path.join(cwd, 'bin', 'dualvip.js');
    const end = await program('node', [dualvip, '--version'], { cwd: tmpdir(), env });
    expect(end).toEqual({ exitCode: 0, stdout: version, stderr: '' });
    // The exit code of the command comes through.
    const wrong = await program('node', [dualvip, '--wrokers'], { cwd: tmpdir(), env });
    expect(wrong.exitCode).toBe(64);
  });
});
