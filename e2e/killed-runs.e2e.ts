import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { converge, sleep } from '../base/converge.ts';
import { RECORD_FILE, UNFINISHED_FILE } from '../reports/record-file.ts';
import { readSalvagedRun } from '../reports/salvaged-run.ts';
import { dualvip, program, startDualvip } from './command-line.ts';
import { engineObjects, exists } from './left-over.ts';
import { makeOwnHome, USERS_KUBECONFIG, type OwnHome } from './own-home.ts';
import { randomFrom } from './random-from.ts';

const PREFIX = `e2e-kill-${process.pid}`;
const FOREIGN = `${PREFIX}-foreign`;

/** The same moments again: DUALVIP_KILL_SEED. All fifty of them: DUALVIP_KILLS=50. */
const SEED = Number(process.env['DUALVIP_KILL_SEED'] ?? Date.now() % 1_000_000);
const KILLS = Number(process.env['DUALVIP_KILLS'] ?? 3);

/**
 * From what a run tells on: so a slow machine is killed in all parts of a run, too. Within so many seconds, about as
 * long as each part takes on a fast one.
 */
const PARTS = [
  { part: 'at its begin', from: '', seconds: 4 },
  { part: 'while its cluster is made', from: `cluster ${PREFIX}`, seconds: 30 },
  { part: 'while scenarios run', from: '✓ backend and probe', seconds: 20 },
] as const;

const random = randomFrom(SEED);
const MOMENTS = Array.from({ length: KILLS }, (_, index) => {
  const { part, from, seconds } = PARTS[index % PARTS.length] ?? PARTS[0];
  const ms = Math.floor(random() * seconds * 1000);
  return { name: `${PREFIX}-${index}`, part, from, ms };
});

let own: OwnHome;
let env: NodeJS.ProcessEnv;
let temporary: string;
let foreignNode: string;

beforeAll(async () => {
  process.stderr.write(
    `kills of seed ${SEED}: ${MOMENTS.map(({ part, ms }) => `${part} ${ms} ms`).join(', ')}\n`,
  );
  own = await makeOwnHome(PREFIX);
  temporary = path.join(own.home, 'tmp');
  await mkdir(temporary);
  env = { ...own.env, TMPDIR: temporary };
  foreignNode = await own.startForeignNode(FOREIGN);
  await own.docker.run(['network', 'create', FOREIGN]);
});

afterAll(() => own[Symbol.asyncDispose]());

it.each(MOMENTS)(
  'a run that is killed $part, after $ms ms, leaves nothing that `down` does not find',
  async (moment) => {
    const { name } = moment;
    const reports = path.join(own.home, `reports-${name}`);
    await killedRun(moment, reports);
    const before = await own.left(name);
    const down = await dualvip(['down', name], { env });
    // Killed before anything was made, there is nothing of it.
    expect({ exitCode: down.exitCode, stderr: down.stderr }).toMatchObject({
      exitCode: before.length === 0 ? 64 : 0,
    });
    await converge({
      what: 'kind and all other programs of the run to have ended',
      observe: () => processesOf(name),
      until: (lines) => lines.length === 0,
      timeoutMs: 120_000,
    });
    expect(await own.left(name)).toEqual([]);
    // Outside of the state folder and the reports.
    expect(await readdir(temporary)).toEqual([]);
    expect(await ownFiles(own.home)).toEqual([]);
    await isReadable(reports);
  },
);

it('nothing of others was touched', async () => {
  const running = await own.docker.lines(['ps', '--filter', `name=^${foreignNode}$`, '--quiet']);
  expect(running).toHaveLength(1);
  expect(await engineObjects(own.docker, FOREIGN)).toEqual([foreignNode, FOREIGN]);
  const kubeconfig = await program('cat', [path.join(own.home, '.kube', 'config')]);
  expect(`${kubeconfig.stdout}\n`).toBe(USERS_KUBECONFIG);
});

/** The run and its children, by their process group; what has one of its own lives on, as kind does. */
async function killedRun({ name, from, ms }: (typeof MOMENTS)[number], reports: string): Promise<void> {
  const run = startDualvip(['run', '--name', name, '--workers', '1', '--reports', reports], {
    env,
    group: true,
  });
  const begun = Promise.withResolvers<void>();
  if (from === '') begun.resolve();
  // Read to the end: a reader that leaves would break the pipe, and the run would end of that.
  const read = async () => {
    for await (const line of run.iterable({ from: 'stderr' })) if (line.includes(from)) begun.resolve();
  };
  const end = read().then(() => 'ended');
  const moment = begun.promise.then(() => sleep(ms));
  const first = await Promise.race([moment, end]);
  if (first !== 'ended' && run.pid !== undefined) process.kill(-run.pid, 'SIGKILL');
  await end;
  await run;
}

/** Of programs that have the name among their arguments. */
async function processesOf(name: string): Promise<string[]> {
  const { stdout } = await program('ps', ['-eo', 'pid=,args=']);
  return stdout.split('\n').filter((line) => line.includes(name) && !line.includes('ps -eo'));
}

/** Of ours, by their name; Go and others keep files of their own in a home. */
async function ownFiles(home: string): Promise<string[]> {
  const all = await readdir(home, { recursive: true });
  const elsewhere = all.filter((file) => !/^(state|reports-|tmp)/.test(file));
  return elsewhere.filter((file) => /dualvip|kind|e2e-kill/.test(file));
}

/** What was written by then is read, all of it. */
async function isReadable(reports: string): Promise<void> {
  for (const id of (await exists(reports)) ? await readdir(reports) : []) {
    const folder = path.join(reports, id);
    if (id === 'latest') continue;
    const isThere = (file: string) => exists(path.join(folder, file));
    const [isFinished, isBegun] = await Promise.all([isThere(RECORD_FILE), isThere(UNFINISHED_FILE)]);
    const report = await dualvip(['report', folder], { env });
    // Before its first scenario there is nothing to tell of it; and one that was killed is told as such.
    const unfinished = isBegun ? 2 : 64;
    const exitCode = isFinished ? 0 : unfinished;
    expect({ exitCode: report.exitCode, stderr: report.stderr }).toMatchObject({ exitCode });
    if (exitCode === 64) continue;
    const { record } = await readSalvagedRun(path.join(folder, RECORD_FILE));
    const scenarios = path.join(folder, 'scenarios');
    const begun = (await exists(scenarios)) ? await readdir(scenarios) : [];
    const ended: string[] = [];
    for (const one of begun) if (await exists(path.join(scenarios, one, 'record.json'))) ended.push(one);
    expect(record.scenarios.map((scenario) => scenario.id).toSorted()).toEqual(ended.toSorted());
  }
}
