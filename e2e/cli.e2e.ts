import { cp, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { planScenarios, SCENARIOS_FOLDER } from '../harness/run/plan.ts';
import { dualvip } from './command-line.ts';

/** An engine that is not there: what ends with 64 despite it was told before anything was looked for or made. */
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

describe.concurrent('help', () => {
  it.each([
    ['dualvip run -t C2 ', ['--help']],
    ['dualvip run -t c2-separate-pools --keep', ['run', '--help']],
    ['dualvip up --topology ipv6 --implementation metallb@0.15.2 --name v6', ['up', '--help']],
    ['dualvip probe 172.18.255.1 fd00:1::1 --watch --interval 100', ['probe', '--help']],
  ])('has the example `%s`', async (example, args) => {
    const { exitCode, stdout, stderr } = await dualvip(args, { env: NO_ENGINE });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: dualvip /);
    expect(stdout.split('\nExamples:\n')[1]).toContain(`  ${example}`);
    expect(stderr).toBe('');
  });
});

describe.concurrent('what cannot be', () => {
  it.each([
    {
      args: ['--wrokers', '2'],
      lines: ["error: unknown option '--wrokers'", '(Did you mean --workers?)'],
    },
    {
      args: ['up', '--topolgy', 'ipv6'],
      lines: ["error: unknown option '--topolgy'", '(Did you mean --topology?)'],
    },
    {
      args: ['runn'],
      lines: [
        'error: no command "runn" (did you mean "run"?)',
        'hint: There is: run, model, matrix, report, conformance, reproduce, bundle, bisect, up, down, probe, diagnose, list, images, doctor.',
        'DUALVIP_COMMAND_UNKNOWN',
      ],
    },
    {
      args: ['list', 'cluster'],
      lines: [
        'error: no command "cluster" (did you mean "clusters"?)',
        'hint: There is: scenarios, clusters, runs.',
        'DUALVIP_COMMAND_UNKNOWN',
      ],
    },
    {
      args: ['run', '--workers', 'x'],
      lines: [
        'error: --workers x: a whole number from 1 to 20 is needed',
        'hint: Write for instance --workers 1.',
        'DUALVIP_FLAG_INVALID',
      ],
    },
    {
      args: ['run', '--shard', '3/2'],
      lines: [
        'error: --shard 3/2: a part of a number of parts is needed',
        'hint: Write for instance --shard 1/2, and --shard 2/2 for the rest.',
        'DUALVIP_FLAG_INVALID',
      ],
    },
    {
      args: ['run', '-t', '['],
      lines: [
        'error: -t [: not a regular expression',
        'hint: Write a part of an id, a claim or a title, such as -t c2-dual-pool.',
        'DUALVIP_FLAG_INVALID',
      ],
    },
    {
      args: ['run', '-t', 'nothing-matches'],
      lines: [
        'error: no scenario for topology dual matches -t nothing-matches',
        'hint: dualvip list scenarios shows ids, claims and titles, which -t is matched against.',
        'DUALVIP_SCENARIO_NONE',
      ],
    },
  ])('$args ends with 64 and says what was meant', async ({ args, lines }) => {
    const { exitCode, stdout, stderr } = await dualvip(args, { env: NO_ENGINE });
    expect(stderr.split('\n')).toEqual(expect.arrayContaining(lines));
    expect(exitCode).toBe(64);
    expect(stdout).toBe('');
  });

  it.each(['run', 'up', 'doctor'])('%s takes no override of a timeout that there is not', async (command) => {
    const env = { ...NO_ENGINE, DUALVIP_TIMEOUT_FOO: '1' };
    const { exitCode, stderr } = await dualvip([command], { env });
    expect(stderr.split('\n')[0]).toBe('error: DUALVIP_TIMEOUT_FOO names no timeout');
    expect(stderr).toContain('\nhint: Known: DUALVIP_TIMEOUT_ENGINE_START, ');
    expect(stderr.endsWith('\nDUALVIP_TIMEOUT_UNKNOWN')).toBe(true);
    expect(exitCode).toBe(64);
  });

  // The control of those above: what can be goes on, and then fails for want of an engine.
  it('goes on when nothing is wrong with the question', async () => {
    const env = { ...NO_ENGINE, DUALVIP_TIMEOUT_PROBE: '4000' };
    const { exitCode, stderr } = await dualvip(['run', '-t', 'c2-dual-pool', '--shard', '1/1'], { env });
    expect(stderr.split('\n')[0]).toBe(
      `error: the Docker engine of DOCKER_HOST (${NO_ENGINE.DOCKER_HOST}) does not answer`,
    );
    expect(exitCode).toBe(2);
  });
});

describe('a scenario with a typo', () => {
  it('is told with file, line, column and what was meant, before anything is made', async () => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-scenarios-'));
    await cp(path.join(SCENARIOS_FOLDER, 'c2-dual-pool'), path.join(folder.path, 'c2-dual-pool'), {
      recursive: true,
    });
    const file = path.join(folder.path, 'c2-dual-pool', 'scenario.yaml');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const line = lines.findIndex((text) => text.includes('pools: [dual-pool]'));
    const wrong = lines.map((text, index) =>
      index === line ? text.replace('[dual-pool', '[dual-pol') : text,
    );
    const column = (wrong[line] ?? '').indexOf('dual-pol]') + 1;
    await writeFile(file, wrong.join('\n'));
    const run = () => dualvip(['run', '--scenarios', folder.path], { env: NO_ENGINE });
    const { exitCode, stdout, stderr } = await run();
    expect(stderr.split('\n')[0]).toBe(
      `error: ${file}:${line + 1}:${column}: advertise[0].pools[0]: no pool "dual-pol" (did you mean "dual-pool"?)`,
    );
    expect(stderr.split('\n').slice(-2)).toEqual([
      'hint: docs/scenarios.md tells what each key means.',
      'DUALVIP_SCENARIO_INVALID',
    ]);
    expect(exitCode).toBe(64);
    expect(stdout).toBe('');
    // The control: mended, it is the engine that is missing.
    await writeFile(file, lines.join('\n'));
    expect((await run()).exitCode).toBe(2);
  });
});

describe('doctor', () => {
  it('tells in a table that there is no engine, and is no bug', async () => {
    const { exitCode, stdout, stderr } = await dualvip(['doctor'], { env: NO_ENGINE });
    expect(exitCode).toBe(2);
    const [header, engine] = stdout.split('\n');
    expect(header?.split(/ {2,}/)).toEqual(['STATUS', 'WHAT', 'FOUND', 'NEEDED']);
    expect(engine?.split(/ {2,}/).slice(0, 3)).toEqual(['fail', 'Docker engine', 'none that answers']);
    expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$|bug:/m);
  });

  it('writes JSON and nothing else to standard output', async () => {
    const none = await dualvip(['doctor', '--json'], { env: NO_ENGINE });
    expect(JSON.parse(none.stdout)).toContainEqual(
      expect.objectContaining({ id: 'engine', status: 'fail', found: 'none that answers' }),
    );
    // The control: with the engine that the other files use.
    const there = await dualvip(['doctor', '--json']);
    expect(JSON.parse(there.stdout)).toContainEqual(expect.objectContaining({ id: 'engine', status: 'ok' }));
    expect(there.exitCode).toBe(0);
  });
});

describe('list', () => {
  it('scenarios --json has every scenario, and nothing else is printed', async () => {
    const { exitCode, stdout, stderr } = await dualvip(['list', 'scenarios', '--json'], { env: NO_ENGINE });
    expect(exitCode).toBe(0);
    const planned = await planScenarios(SCENARIOS_FOLDER, 'dual');
    const listed: unknown = JSON.parse(stdout);
    expect(listed).toEqual(
      expect.arrayContaining(
        planned.map(({ id, claim, title, topologies }) =>
          expect.objectContaining({ id, claim: claim ?? '', title, topologies }),
        ),
      ),
    );
    expect(stderr).toBe('');
  });

  it('runs --json is an empty list where there is no run', async () => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-reports-'));
    const { exitCode, stdout } = await dualvip(['list', 'runs', '--json', '--reports', folder.path]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual([]);
  });
});

describe.concurrent('colours', () => {
  const escape = '\u001B[';

  it.each([
    [['doctor'], {}],
    [['doctor'], { CI: 'true' }],
    [['list', 'scenarios'], { CI: 'true' }],
  ])('are not in what %j with %j prints to a pipe', async (args, env) => {
    const { stdout } = await dualvip(args, { env });
    expect(stdout.length).toBeGreaterThan(0);
    expect(stdout).not.toContain(escape);
  });

  it('are not in an error that goes to a pipe, but for FORCE_COLOR', async () => {
    const piped = await dualvip(['runn']);
    expect(piped.stderr).toMatch(/^error: /);
    expect(piped.stderr).not.toContain(escape);
    const forced = await dualvip(['runn'], { env: { FORCE_COLOR: '1' } });
    expect(forced.stderr.startsWith(`${escape}31merror:`)).toBe(true);
  });
});
