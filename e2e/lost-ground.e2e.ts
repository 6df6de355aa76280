import { access, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sleep } from '../base/converge.ts';
import { LABEL } from '../clusters/docker.ts';
import { RUN_LABEL } from '../harness/run/left-over.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { dualvip, startDualvip } from './command-line.ts';
import { EngineProxy } from './engine-proxy.ts';
import { openShared, sharedName } from './shared-cluster.ts';

const SELECT = ['-t', '^C[12] ', '--lanes', '1'];

/** What does not answer any more is not waited for as long as it is worth otherwise. */
const BOUNDS = {
  DUALVIP_TIMEOUT_API: '10000',
  DUALVIP_TIMEOUT_CLEANUP: '15000',
  DUALVIP_TIMEOUT_EVIDENCE: '5000',
};

type Shared = Awaited<ReturnType<typeof openShared>>;

/** What the harness stands on goes away in the middle of a run: that says nothing of the implementation. */
describe.each([
  {
    what: 'the engine',
    lose: async ({ proxy }: { proxy: EngineProxy }) => {
      await proxy.end();
      await sleep(3_000);
      await proxy.begin();
    },
    regain: () => Promise.resolve(''),
  },
  {
    what: 'the API server',
    lose: ({ shared }: { shared: Shared }) => shared.docker.run(['pause', controlPlane(shared)]),
    regain: (shared: Shared) => shared.docker.run(['unpause', controlPlane(shared)]),
  },
])('a run that loses $what', ({ lose, regain }) => {
  const cleanup = new AsyncDisposableStack();
  let shared: Shared;
  let reports: string;
  let end: { exitCode: number | undefined; stdout: string; stderr: string };

  beforeAll(async () => {
    shared = cleanup.use(await openShared());
    reports = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-lost-'))).path;
    const proxy = cleanup.use(await EngineProxy.start(shared.engine.host));
    const env = { DOCKER_HOST: proxy.host, ...BOUNDS };
    const run = startDualvip(['run', ...SELECT, '--name', sharedName(), '--reports', reports], { env });
    let isLost = false;
    try {
      for await (const line of run.iterable()) {
        if (isLost || !/^✓ c\d/.test(line)) continue;
        isLost = true;
        await lose({ proxy, shared });
      }
      const { exitCode, stdout, stderr } = await run;
      end = { exitCode, stdout, stderr };
      if (exitCode !== 2) process.stderr.write(`${stdout}\n${stderr}\n`);
    } finally {
      await regain(shared);
    }
  });

  afterAll(() => cleanup.disposeAsync());

  it('has the verdict error, and never another, for what it could not see', async () => {
    const { scenarios, exitCode } = await readRunRecord(path.join(reports, 'latest', 'run.json'));
    const verdicts = scenarios.map(({ verdict }) => verdict.pair);
    expect(verdicts[0]).toBe('pass');
    expect(verdicts).toContain('error');
    expect(verdicts.slice(verdicts.indexOf('error'))).toEqual(
      verdicts.slice(verdicts.indexOf('error')).map(() => 'error'),
    );
    expect(verdicts).not.toContain('fail');
    expect([exitCode, end.exitCode]).toEqual([2, 2]);
    expect(end.stderr).not.toMatch(/^\s+at |^bug:/m);
  });

  it('keeps the evidence that there was', async () => {
    const { id, scenarios } = await readRunRecord(path.join(reports, 'latest', 'run.json'));
    const evidence = scenarios.flatMap((scenario) => scenario.evidence);
    expect(evidence).not.toEqual([]);
    for (const file of evidence) await access(path.join(reports, id, file));
    const errors = scenarios.filter(({ verdict }) => verdict.pair === 'error');
    expect(errors.filter(({ reason = '' }) => reason === '')).toEqual([]);
  });

  it('is cleaned up, by itself or by the next run', async () => {
    const next = await dualvip(['run', '-t', 'c2-dual-pool', '--name', sharedName(), '--reports', reports]);
    if (next.exitCode !== 0) process.stderr.write(`${next.stdout}\n${next.stderr}\n`);
    expect(next.exitCode).toBe(0);
    const filter = ['--filter', `label=${LABEL.run}`, '--filter', `label=${LABEL.cluster}=${sharedName()}`];
    expect(await shared.docker.lines(['ps', '--all', '--quiet', ...filter])).toEqual([]);
    const labelled = async (apiVersion: string, kind: string) =>
      (await shared.cluster.client.list({ apiVersion, kind }, { labelSelector: RUN_LABEL })).items.filter(
        ({ metadata }) => !metadata.deletionTimestamp,
      );
    expect(await labelled('metallb.io/v1beta1', 'IPAddressPool')).toEqual([]);
    expect(await labelled('v1', 'Namespace')).toEqual([]);
  });
});

function controlPlane({ cluster }: Shared): string {
  return cluster.nodes.find(({ role }) => role === 'control-plane')?.name ?? '';
}
