import { mkdtempDisposable, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { converge } from '../base/converge.ts';
import { containerState } from '../clusters/faults/node-container.ts';
import { FaultJournal } from '../clusters/faults/journal.ts';
import type { Docker } from '../clusters/docker.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { workerOf } from './addresses-of.ts';
import { dualvip, startDualvip } from './command-line.ts';
import { openShared, sharedName } from './shared-cluster.ts';

const SCENARIOS = path.join(import.meta.dirname, 'faults');

/** A run is ended in the middle of a fault: the worker is frozen, and the last step waits for what does not come. */
describe('a fault that is under way', () => {
  const cleanup = new AsyncDisposableStack();
  let docker: Docker;
  let worker: string;
  let reports: string;
  let journal: FaultJournal;

  beforeAll(async () => {
    const shared = cleanup.use(await openShared());
    docker = shared.docker;
    worker = workerOf(shared.cluster).name;
    reports = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-faults-'))).path;
    journal = new FaultJournal(sharedName());
  });

  afterAll(() => cleanup.disposeAsync());

  const flags = () => ['--name', sharedName(), '--reports', reports];
  const state = () => containerState(docker, worker, AbortSignal.timeout(60_000));

  /** The run under way, once its fault is made. */
  async function breaking() {
    const run = startDualvip(['run', '--scenarios', SCENARIOS, ...flags()]);
    await converge({
      what: `${worker} to be frozen`,
      observe: state,
      until: (now) => now === 'paused',
      timeoutMs: 240_000,
      intervalMs: 50,
    });
    // In an object, as a promise of the run itself would wait for its end.
    return { run };
  }

  it('is healed on Ctrl-C, and the record is written', async () => {
    const { run } = await breaking();
    expect(run.kill('SIGINT')).toBe(true);
    const { exitCode, stderr } = await run;
    expect(exitCode).toBe(2);
    expect(stderr).toContain('error: interrupted by SIGINT');
    expect(stderr).toMatch(new RegExp(`✓ healing node-paused of ${worker}, left by run \\S+ `));
    expect(await state()).toBe('running');
    expect(await journal.entries()).toEqual([]);
    expect((await readRunRecord(path.join(reports, 'latest', 'run.json'))).exitCode).toBe(2);
  });

  it('outlives a run that is killed, is found by the next one, and healed', async () => {
    const { run: killed } = await breaking();
    expect(killed.kill('SIGKILL')).toBe(true);
    await killed;
    expect(await state()).toBe('paused');
    expect(JSON.parse(await readFile(journal.file, 'utf8'))).toMatchObject([
      { id: 'fault-under-way/broken', fault: { name: 'node-paused', node: worker } },
    ]);
    expect((await stat(journal.file)).mode & 0o777).toBe(0o600);

    const next = await dualvip(['run', '-t', 'c2-dual-pool', ...flags()]);
    if (next.exitCode !== 0) process.stderr.write(`${next.stdout}\n${next.stderr}\n`);
    expect(next.exitCode).toBe(0);
    expect(next.stderr).toMatch(new RegExp(`✓ healing node-paused of ${worker}, left by run \\S+ `));
    expect(next.stdout).toMatch(/^✓ c2-dual-pool {2}IPv4 pass {2}IPv6 pass {2}pair pass /m);
    expect(await state()).toBe('running');
    expect(await journal.entries()).toEqual([]);
  });
});
