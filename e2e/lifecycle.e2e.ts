import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { converge } from '../base/converge.ts';
import { KIND_CLUSTER_LABEL } from '../clusters/cluster-removal.ts';
import { LABEL, type Docker } from '../clusters/docker.ts';
import { fakePrograms } from '../clusters/fake-program.ts';
import { dualvip, program, startDualvip, userEnvironment } from './command-line.ts';
import { engineObjects } from './left-over.ts';
import { makeOwnHome, USERS_KUBECONFIG, type OwnHome } from './own-home.ts';

const PREFIX = `e2e-life-${process.pid}`;

const up = (name: string) => ['up', '--name', name, '--workers', '1'];

const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

describe('the life of a cluster', () => {
  let own: OwnHome;
  let docker: Docker;
  let env: NodeJS.ProcessEnv;
  let states: string;

  beforeAll(async () => {
    own = await makeOwnHome(PREFIX);
    ({ docker, env, states } = own);
  });

  afterAll(() => own[Symbol.asyncDispose]());

  const isRunning = async (container: string) =>
    (await docker.lines(['ps', '--filter', `name=^${container}$`, '--quiet'])).length === 1;

  describe('from up to down', () => {
    const name = `${PREFIX}-whole`;

    it('comes up, and says how to use it', async () => {
      const { exitCode, stdout, stderr } = await dualvip(up(name), { env });
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      const kubeconfig = path.join(states, 'clusters', name, 'kubeconfig');
      const [first, ...rest] = stdout.split('\n');
      expect(first).toMatch(new RegExp(`^cluster ${name} is up after (\\d+ min )?[\\d.]+ s$`));
      expect(rest).toEqual([
        `  export KUBECONFIG=${kubeconfig}`,
        `  dualvip run --name ${name}     runs the scenarios on it`,
        `  dualvip down ${name}           removes it`,
      ]);
      expect(await own.left(name)).toEqual([
        `${name}-control-plane`,
        `${name}-worker`,
        name,
        path.join(states, 'clusters', name),
      ]);
    });

    it('keeps its files from other users', async () => {
      const folder = path.join(states, 'clusters', name);
      expect(await modeOf(folder)).toBe('700');
      const files = await readdir(folder);
      expect(files.sort()).toEqual(['cluster.json', 'implementation.yaml', 'kind.yaml', 'kubeconfig']);
      const modes = await Promise.all(files.map((file) => modeOf(path.join(folder, file))));
      expect(modes).toEqual(['600', '600', '600', '600']);
    });

    it('leaves the kubeconfig of the user alone', async () => {
      expect(await readFile(path.join(own.home, '.kube', 'config'), 'utf8')).toBe(USERS_KUBECONFIG);
      expect(await readdir(path.join(own.home, '.kube'))).toEqual(['config']);
    });

    it('is listed', async () => {
      const { exitCode, stdout, stderr } = await dualvip(['list', 'clusters', '--json'], { env });
      expect(exitCode).toBe(0);
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toContainEqual({
        name,
        phase: 'ready',
        topology: 'dual',
        implementation: expect.stringMatching(/^metallb@\d/),
        nodes: 2,
        memoryBytes: expect.any(Number),
        processors: expect.any(Number),
        kept: '',
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        folder: path.join(states, 'clusters', name),
      });
    });

    it('does not come up twice', async () => {
      const before = await own.left(name);
      const { exitCode, stderr } = await dualvip(up(name), { env });
      expect(exitCode).toBe(64);
      expect(stderr.split('\n').slice(-3)).toEqual([
        `error: there is a cluster ${name} already`,
        `hint: Choose another --name, or remove it: dualvip down ${name} (kind delete cluster --name ${name} when it is not dualvip's).`,
        'DUALVIP_CLUSTER_EXISTS',
      ]);
      expect(await own.left(name)).toEqual(before);
    });

    it('goes down, while the cluster of somebody else stays', async () => {
      const foreign = `${PREFIX}-foreign`;
      const node = await own.startForeignNode(foreign);
      const refused = await dualvip(['down', foreign], { env });
      expect(refused.exitCode).toBe(64);
      expect(refused.stderr).toContain(`error: no cluster ${foreign} of dualvip's\n`);
      expect(refused.stderr.endsWith('\nDUALVIP_CLUSTER_UNKNOWN')).toBe(true);
      const { exitCode, stdout } = await dualvip(['down', name], { env });
      expect(exitCode).toBe(0);
      const nodes = stdout.match(new RegExp(`${name}-(worker|control-plane)`, 'g'));
      expect(stdout.startsWith(`removed ${name}: `)).toBe(true);
      expect(nodes?.sort()).toEqual([`${name}-control-plane`, `${name}-worker`]);
      expect(await own.left(name)).toEqual([]);
      expect(await isRunning(node)).toBe(true);
    });
  });

  it('down --all removes what a crash left, and leaves the cluster of somebody else', async () => {
    const lost = `${PREFIX}-lost`;
    const foreign = `${PREFIX}-other`;
    // No folder of state tells of it any more: only the label of its network does.
    await docker.run(['network', 'create', '--label', `${LABEL.cluster}=${lost}`, lost]);
    await own.startForeignNode(lost);
    const node = await own.startForeignNode(foreign);
    await using programs = await fakePrograms({ docker: await confinedDocker() });
    const confined = { ...env, PATH: `${programs.path}:${userEnvironment()['PATH']}` };
    const seen = await program('docker', ['network', 'ls', '--format', '{{.Name}}'], { env: confined });
    expect(seen.stdout).toBe(lost);
    const { exitCode, stdout } = await dualvip(['down', '--all'], { env: confined });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`removed ${lost}: ${lost}-control-plane, ${lost}`);
    expect(await own.left(lost)).toEqual([]);
    expect(await isRunning(node)).toBe(true);
    const again = await dualvip(['down', '--all'], { env: confined });
    expect(again).toMatchObject({ exitCode: 0, stdout: 'nothing to remove' });
  });

  it.each([
    {
      // What Docker was asked for before comes after kind has gone.
      when: 'kind asks Docker for nodes',
      suffix: 'asks',
      moment: (name: string) => workOn(name).then((work) => work.includes('docker run')),
    },
    {
      when: 'a node is there',
      suffix: 'node',
      moment: (name: string) =>
        engineObjects(docker, name).then((objects) => objects.includes(`${name}-control-plane`)),
    },
  ])('up that is interrupted when $when leaves nothing', async ({ when, suffix, moment }) => {
    const name = `${PREFIX}-${suffix}`;
    const child = startDualvip(up(name), { env });
    await untilTrue(when, () => moment(name));
    expect((await own.left(name)).at(-1)).toBe(path.join(states, 'clusters', name));
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await child;
    expect(stderr).toContain('\nSIGINT: cleaning up (once more to end at once)\n');
    expect(stderr.split('\n').slice(-2)).toEqual(['error: interrupted by SIGINT', 'DUALVIP_INTERRUPTED']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    await untilTrue('kind and its docker clients have ended', async () => (await workOn(name)).length === 0);
    expect(await own.left(name)).toEqual([]);
  });

  it('down removes what an `up` that was killed has left', async () => {
    const name = `${PREFIX}-kill`;
    const child = startDualvip(up(name), { env });
    await untilTrue('a node is there', async () =>
      (await engineObjects(docker, name)).includes(`${name}-control-plane`),
    );
    child.kill('SIGKILL');
    expect((await child).signal).toBe('SIGKILL');
    const before = await own.left(name);
    expect(before).toContain(`${name}-control-plane`);
    expect(before).toContain(path.join(states, 'clusters', name));
    const { exitCode, stdout } = await dualvip(['down', name], { env });
    expect(exitCode).toBe(0);
    expect(stdout.startsWith(`removed ${name}: `)).toBe(true);
    for (const object of before.slice(0, -1)) expect(stdout).toContain(object);
    await untilTrue('kind and its docker clients have ended', async () => (await workOn(name)).length === 0);
    expect(await own.left(name)).toEqual([]);
    const again = await dualvip(['down', name], { env });
    expect(again.exitCode).toBe(64);
    expect(again.stderr).toContain(`error: no cluster ${name} of dualvip's\n`);
  });

  it('takes no network without IPv6, and leaves that network as it is', async () => {
    const name = `${PREFIX}-v4`;
    const network = `${PREFIX}-v4-only`;
    await docker.run(['network', 'create', network]);
    const { exitCode, stdout, stderr } = await dualvip([...up(name), '--network', network], { env });
    expect(stderr.split('\n').slice(-3)).toEqual([
      `error: network ${network} has no IPv6 subnet, so no IPv6 VIP can be reached on it`,
      'hint: Docker makes networks without IPv6 unless asked: `docker network create --ipv6 --subnet fd00:1::/64 NAME`, or leave --network out.',
      'DUALVIP_NETWORK_NO_IPV6',
    ]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(await own.left(name)).toEqual([]);
    expect(await engineObjects(docker, network)).toEqual([network]);
  });
});

/**
 * The docker client with eyes for nothing but what this file makes: `down --all` must not find the clusters of
 * who runs these tests.
 */
async function confinedDocker(): Promise<string> {
  const real = (await program('sh', ['-c', 'command -v docker'])).stdout;
  return `case "$1 $2" in
  "ps "* | "network ls") exec ${real} "$@" --filter name=${PREFIX}-lost --filter name=${PREFIX}-other ;;
  *) exec ${real} "$@" ;;
esac`;
}

type Work = 'kind' | 'docker run';

/** Which programs make nodes of a cluster now. One that outlives who started it may still make one. */
async function workOn(cluster: string): Promise<Work[]> {
  const { stdout } = await program('sh', ['-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "']);
  const traces = {
    kind: `create cluster --name ${cluster} `,
    'docker run': `--label ${KIND_CLUSTER_LABEL}=${cluster} `,
  };
  return (['kind', 'docker run'] as const).filter((work) => stdout.includes(traces[work]));
}

async function untilTrue(what: string, observe: () => Promise<boolean>): Promise<void> {
  await converge({ what, observe, until: Boolean, timeoutMs: 180_000, intervalMs: 20 });
}
