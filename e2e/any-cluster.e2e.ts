import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { canonical, parseAddress } from '../base/addresses.ts';
import type { KubernetesObject } from '../clusters/kubernetes/objects.ts';
import { refOf, readAs, serviceSchema } from '../clusters/kubernetes/objects.ts';
import { waitFor } from '../clusters/kubernetes/waiting.ts';
import { renderPools } from '../clusters/implementations/metallb/pools.ts';
import { RUN_LABEL } from '../harness/run/left-over.ts';
import { carve } from '../harness/scenario/carve.ts';
import { readRunRecord } from '../reports/record-file.ts';
import type { RunRecord } from '../reports/record/record.ts';
import { dualvip, program, startDualvip, type CommandEnd, type CommandLineOptions } from './command-line.ts';
import { openShared, sharedName } from './shared-cluster.ts';

const PROBE = `dualvip-e2e-given-${process.pid}`;
const POOLS = { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' };

type Shared = Awaited<ReturnType<typeof openShared>>;

/** Ranges of the nodes' link, each of both families: for its owner's pools, and for the run. */
function rangesIn({ cluster: { network } }: Shared) {
  const wanted = ['owner', 'shop', 'given'].flatMap((name) =>
    (['IPv4', 'IPv6'] as const).map((family) => ({
      ...{ scenario: 'e2e', name: `${name}-${family}`, family },
      size: name === 'given' ? 32 : 4,
    })),
  );
  const carved = carve({
    subnets: network.subnets,
    ranges: wanted,
    occupied: network.occupied.map(parseAddress),
    gateways: Object.values(network.gateways).map(parseAddress),
  });
  return Object.fromEntries(
    carved.map(({ name, first, last }) => [name, `${canonical(first)}-${canonical(last)}`]),
  );
}

function serviceIn(
  namespace: string,
  name: string,
  annotations: Record<string, string> = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, annotations },
    spec: {
      type: 'LoadBalancer',
      ipFamilyPolicy: 'PreferDualStack',
      ipFamilies: ['IPv4', 'IPv6'],
      selector: { app: 'theirs' },
      ports: [{ port: 80, targetPort: 8080 }],
    },
  };
}

/** What its owner has in the cluster: a pool that is called as those of scenarios are, and two Services. */
function theirs(ranges: Record<string, string>): KubernetesObject[] {
  const range = (name: string) => ranges[name] ?? '';
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    ...renderPools(
      [
        { name: 'dual-pool', ranges: [range('owner-IPv4'), range('owner-IPv6')] },
        { name: 'ipv4-only', ranges: [range('shop-IPv4')], autoAssign: false },
      ],
      [{ name: 'dual-l2adv', pools: ['dual-pool', 'ipv4-only'] }],
    ),
    serviceIn('shop', 'theirs'),
    serviceIn('shop', 'lacks-ipv6', { 'metallb.io/address-pool': 'ipv4-only' }),
  ];
}

/** As the owner sees them; what the controller counts in a pool's status is no change of it. */
async function seen({ cluster }: Shared, objects: readonly KubernetesObject[]): Promise<unknown[]> {
  const found = await Promise.all(objects.map((one) => cluster.client.get(refOf(one))));
  return found.map(({ metadata, spec, status, kind }) => ({
    ...{ name: metadata.name, uid: metadata.uid, labels: metadata.labels, spec },
    ...(kind === 'Service' ? { status } : {}),
  }));
}

const kubeconfigSchema = z.looseObject({
  users: z.tuple([
    z.looseObject({
      user: z.object({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }),
    }),
  ]),
});

/** The same kubeconfig, but that a program gives its certificate. */
async function byProgram(kubeconfig: string, folder: string): Promise<string> {
  const config = kubeconfigSchema.parse(parse(await readFile(kubeconfig, 'utf8')));
  const [{ user, ...named }] = config.users;
  const pem = (key: keyof typeof user) => Buffer.from(user[key], 'base64').toString();
  const apiVersion = 'client.authentication.k8s.io/v1';
  const status = {
    clientCertificateData: pem('client-certificate-data'),
    clientKeyData: pem('client-key-data'),
  };
  const lent = path.join(folder, 'credential.json');
  await writeFile(lent, JSON.stringify({ apiVersion, kind: 'ExecCredential', status }), { mode: 0o600 });
  const exec = { apiVersion, command: 'cat', args: [lent], interactiveMode: 'Never' };
  const file = path.join(folder, 'exec.kubeconfig');
  await writeFile(file, JSON.stringify({ ...config, users: [{ ...named, user: { exec } }] }), {
    mode: 0o600,
  });
  return file;
}

/** Runs until the first scenario has its verdict, and the second is under way; then the signal is sent. */
async function endedBy(
  signal: 'SIGINT' | 'SIGKILL',
  args: readonly string[],
  options: CommandLineOptions,
): Promise<void> {
  const run = startDualvip([...args, ...select('c2-dual-pool', 'c4-dual-pool')], options);
  let sent = false;
  // Read to the end: a reader that leaves would break the pipe, and the run would end of that.
  for await (const line of run.iterable()) {
    if (!sent && line.includes('c2-dual-pool')) sent = run.kill(signal);
  }
  await run;
}

/** What of runs is in the cluster, and stays there. */
async function left({ cluster: { client } }: Shared): Promise<string[]> {
  const kinds = [POOLS, { apiVersion: 'v1', kind: 'Namespace' }];
  const lists = await Promise.all(kinds.map((kind) => client.list(kind, { labelSelector: RUN_LABEL })));
  return lists
    .flatMap(({ items }) => items)
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

function select(...ids: string[]): string[] {
  return ['-t', `(^| )(${ids.join('|')}): `];
}

describe('a cluster that somebody else has made', () => {
  const cleanup = new AsyncDisposableStack();
  let shared: Shared;
  let ranges: Record<string, string>;
  let before: unknown[];
  let after: unknown[];
  let unprobed: CommandEnd;
  let refused: CommandEnd;
  let end: CommandEnd;
  let record: RunRecord;
  let bundle: CommandEnd;
  let again: CommandEnd;
  let folder: string;
  const leftBy: Record<string, string[]> = {};

  beforeAll(async () => {
    folder = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-any-cluster-'))).path;
    shared = cleanup.use(await openShared());
    const { cluster, docker } = shared;
    const { client } = cluster;
    ranges = rangesIn(shared);
    const owned = theirs(ranges);
    const away = () => client.deleteAndWait(owned.toReversed().map(refOf), { timeoutMs: 60_000 });
    cleanup.defer(away);
    await client.applyAll(owned);
    for (const [name, count] of [
      ['theirs', 2],
      ['lacks-ipv6', 1],
    ] as const) {
      await waitFor(client, {
        ref: { apiVersion: 'v1', kind: 'Service', name, namespace: 'shop' },
        what: `addresses of ${name}`,
        timeoutMs: 60_000,
        until: (object) =>
          (object ? readAs(serviceSchema, object).status.loadBalancer.ingress.length : 0) === count ||
          'not yet',
      });
    }
    before = await seen(shared, owned);

    const access = ['--kubeconfig', cluster.kubeconfig, '--context', `kind-${sharedName()}`];
    const ofBackend = ['--backend-image', cluster.state.images.backend];
    const run = ['run', ...access, ...ofBackend];
    const byExec = ['run', '--kubeconfig', await byProgram(cluster.kubeconfig, folder), ...ofBackend];
    const given = ['--ipv4-range', ranges['given-IPv4'] ?? '', '--ipv6-range', ranges['given-IPv6'] ?? ''];
    const env = { DUALVIP_STATE_DIR: path.join(folder, 'state') };

    const taken = ['--ipv4-range', ranges['owner-IPv4'] ?? ''];
    refused = await dualvip([...run, ...taken, ...select('c2-dual-pool'), '--reports', folder], { env });
    const first = path.join(folder, 'first');
    unprobed = await dualvip([...byExec, ...given, ...select('c2-dual-pool'), '--reports', first], { env });
    leftBy['a whole run'] = await left(shared);
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      await endedBy(signal, [...byExec, ...given, '--reports', path.join(folder, signal)], { env });
      leftBy[signal] = await left(shared);
    }

    // The command that was printed, under another name.
    const command = /docker run .*/.exec(unprobed.stderr)?.[0].replace('dualvip-probe', PROBE) ?? '';
    cleanup.defer(async () => void (await docker.run(['rm', '--force', PROBE]).catch(() => {})));
    const [file = '', ...args] = command.split(' ');
    await program(file, args);
    const ids = ['c2-dual-pool', 'c4-dual-pool', 'c2-separate-pools', 'controller-restart-keeps'];
    const second = path.join(folder, 'second');
    end = await dualvip([...run, ...given, '--probe', PROBE, ...select(...ids), '--reports', second], {
      env,
    });
    if (end.exitCode !== 0) process.stderr.write(`${end.stdout}\n${end.stderr}\n`);
    record = await readRunRecord(path.join(second, 'latest', 'run.json'));
    leftBy['the run after it'] = await left(shared);

    const archive = path.join(folder, 'live.tar.gz');
    const live = ['--from-cluster', 'lacks-ipv6', '-n', 'shop', '--output', archive];
    bundle = await dualvip(['bundle', ...live, ...access]);
    after = await seen(shared, owned);

    await away();
    await program('tar', ['-xzf', archive, '-C', folder]);
    const scenarios = path.join(folder, 'live-lacks-ipv6-metallb-0.16.1', 'scenarios');
    const third = ['--name', sharedName(), '--reports', path.join(folder, 'third')];
    const bounds = { DUALVIP_TIMEOUT_ASSIGNMENT: '5000', DUALVIP_TIMEOUT_REACHABILITY: '2000' };
    again = await dualvip(['run', '--scenarios', scenarios, ...third], { env: bounds });
  });

  afterAll(() => cleanup.disposeAsync());

  it('is refused where a range is in use, before anything is made', () => {
    expect(refused.exitCode).toBe(64);
    expect(refused.stderr).toContain(`${ranges['owner-IPv4']} is in use: pool dual-pool has`);
    expect(refused.stderr).toContain('DUALVIP_RANGE_TAKEN');
  });

  it('is judged but for reachability without a probe, and says how to start one', async () => {
    expect(unprobed).toMatchObject({ exitCode: 0 });
    expect(unprobed.stderr).toContain('reachability is not judged');
    const { scenarios } = await readRunRecord(path.join(folder, 'first', 'latest', 'run.json'));
    const reached = scenarios.flatMap(({ checks }) => checks).filter(({ unsupported }) => unsupported);
    expect(new Set(reached.map(({ observed }) => observed))).toEqual(
      new Set(['there is no probe on the nodes’ link (--probe)']),
    );
  });

  it('is judged with the probe that was started by the printed command', () => {
    expect(end.exitCode).toBe(0);
    const verdicts = Object.fromEntries(record.scenarios.map((one) => [one.id, one.verdict.pair]));
    expect(verdicts).toEqual({
      'c2-dual-pool': 'pass',
      'c4-dual-pool': 'pass',
      'c2-separate-pools': 'unsupported',
      'controller-restart-keeps': 'unsupported',
    });
    const reasons = Object.fromEntries(record.scenarios.map((one) => [one.id, one.reason]));
    expect(reasons['c2-separate-pools']).toBe('pool dual-pool would serve it where its own pools are not to');
    expect(reasons['controller-restart-keeps']).toBe('it restarts the controller');
    const probes = record.scenarios.flatMap(({ observations }) =>
      observations.flatMap((one) => (one.kind === 'probe' && one.outcome === 'ok' ? [one] : [])),
    );
    expect(new Set(probes.map(({ family }) => family))).toEqual(new Set(['IPv4', 'IPv6']));
    // The nodes' MAC addresses were learned from the link.
    expect(probes.every(({ announcer }) => announcer?.startsWith(sharedName()))).toBe(true);
  });

  it('has all that was somebody’s as it was', () => {
    expect(before.length).toBeGreaterThan(4);
    expect(after).toEqual(before);
  });

  it('has nothing of a run that has ended, and of a killed one only until the next', () => {
    expect(leftBy).toEqual({
      'a whole run': [],
      SIGINT: [],
      SIGKILL: expect.arrayContaining([expect.stringMatching(/^Namespace dualvip-/)]),
      'the run after it': [],
    });
    expect(end.stderr).toMatch(/removing what \S+ left/);
  });

  it('has no credentials in its records', () => {
    const text = JSON.stringify(record) + unprobed.stdout + unprobed.stderr;
    expect(text).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE|client-key/);
  });

  it('gives a live Service as a bundle, whose scenario shows the same', async () => {
    expect(bundle).toMatchObject({ exitCode: 0 });
    expect(again.exitCode).toBe(1);
    const { scenarios } = await readRunRecord(path.join(folder, 'third', 'latest', 'run.json'));
    expect(scenarios.map(({ id, verdict }) => [id, verdict.IPv4, verdict.IPv6])).toEqual([
      ['live-lacks-ipv6', 'pass', 'fail'],
    ]);
    const services = scenarios.flatMap(({ observations }) =>
      observations.flatMap((one) =>
        one.kind === 'service' && one.service === 'lacks-ipv6' ? [one.addresses] : [],
      ),
    );
    expect(Math.max(...services.map(({ length }) => length))).toBe(1);
  });
});
