import { mkdir, mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { inert, tellGithub } from './github.ts';
import { renderSummary } from './summary.ts';

async function workspace() {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-github-'));
  const scenario = path.join(folder.path, 'scenarios', 'c6-separate-pools-are-served');
  await mkdir(scenario, { recursive: true });
  await writeFile(path.join(scenario, 'scenario.yaml'), 'id: x\nsteps:\n  - id: service\n  - id: assigned\n');
  return folder;
}

async function told(folder: string, environment: NodeJS.ProcessEnv, run = runWith([scenarioWith('fail')])) {
  const printed: string[] = [];
  const scenariosFolder = path.join(folder, 'scenarios');
  await tellGithub(run, { environment, print: (text) => printed.push(text), scenariosFolder });
  return printed;
}

describe('tellGithub', () => {
  it('writes annotations and the summary of the step', async () => {
    await using folder = await workspace();
    const file = path.join(folder.path, 'summary');
    await writeFile(file, 'before\n');
    const environment = {
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: folder.path,
      GITHUB_STEP_SUMMARY: file,
    };
    const printed = await told(folder.path, environment);
    expect(printed).toEqual([
      expect.stringMatching(
        /^::error file=scenarios\/c6-separate-pools-are-served\/scenario\.yaml,line=4,title=/,
      ),
    ]);
    expect(await readFile(file, 'utf8')).toBe(`before\n${renderSummary(runWith([scenarioWith('fail')]))}`);
  });

  it('writes no more than a summary may hold', async () => {
    await using folder = await workspace();
    const file = path.join(folder.path, 'summary');
    await writeFile(file, 'x'.repeat(1024 * 1024 - 400));
    const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file };
    await told(folder.path, environment);
    expect((await stat(file)).size).toBeLessThanOrEqual(1024 * 1024);
    expect((await readFile(file, 'utf8')).slice(-60)).toContain('has all of it._');
    await told(folder.path, environment);
    expect((await stat(file)).size).toBeLessThanOrEqual(1024 * 1024);
  });

  it('says nothing elsewhere', async () => {
    await using folder = await workspace();
    const file = path.join(folder.path, 'summary');
    expect(await told(folder.path, { GITHUB_STEP_SUMMARY: file })).toEqual([]);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });
});

describe('inert', () => {
  it('is the text, but on GitHub', () => {
    expect(inert('a', {})).toBe('a');
    expect(inert('a', { GITHUB_ACTIONS: 'true' })).toMatch(/^::stop-commands::([\w-]{36})\na\n::\1::$/);
  });
});
