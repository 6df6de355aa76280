import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { LABEL } from '../clusters/docker.ts';
import { readClusterState } from '../clusters/cluster-state.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { dualvip, type CommandEnd } from './command-line.ts';
import { openShared, sharedName } from './shared-cluster.ts';

/** A scenario that claims what is wrong goes all the way: record, bundle, and the same failure from the bundle alone. */
describe('a red case', () => {
  const cleanup = new AsyncDisposableStack();
  let reports: string;
  let bundle: CommandEnd;
  let again: CommandEnd;

  beforeAll(async () => {
    reports = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-reproduce-'))).path;
    const scenarios = path.join(import.meta.dirname, 'scenarios');
    // Kept in the record, and so in force when it is reproduced.
    const env = { DUALVIP_TIMEOUT_ASSIGNMENT: '8000' };
    const flags = ['--name', sharedName(), '--reports', path.join(reports, 'first')];
    await dualvip(['run', '-t', 'claims-too-much', '--scenarios', scenarios, ...flags], { env });
    const archive = path.join(reports, 'case.tar.gz');
    const latest = path.join(reports, 'first', 'latest');
    bundle = await dualvip(['bundle', `${latest}#claims-too-much`, '--output', archive]);
    // Where nothing is but the bundle.
    again = await dualvip([
      'reproduce',
      archive,
      '--name',
      sharedName(),
      '--reports',
      path.join(reports, 'second'),
    ]);
  });

  afterAll(() => cleanup.disposeAsync());

  it('is packed', () => {
    expect(bundle).toMatchObject({ exitCode: 0 });
    expect(bundle.stdout).toContain('case.tar.gz');
  });

  it('shows the same failure from the bundle alone', async () => {
    expect(again.stderr + again.stdout).toContain('reproduced: claims-too-much came out as in run ');
    expect(again.exitCode).toBe(0);
    const [first, second] = await Promise.all(
      ['first', 'second'].map((one) => readRunRecord(path.join(reports, one, 'latest', 'run.json'))),
    );
    expect(second?.settings?.timeouts).toEqual({ DUALVIP_TIMEOUT_ASSIGNMENT: '8000' });
    expect(second?.scenarios[0]?.ranges).toEqual(first?.scenarios[0]?.ranges);
    expect(second?.scenarios[0]?.verdict).toEqual(first?.scenarios[0]?.verdict);
  });

  it('stands as it was when it failed, until another run comes', async () => {
    await using shared = await openShared();
    const { client } = shared.cluster;
    const { held } =
      (await readRunRecord(path.join(reports, 'second', 'latest', 'run.json'))).scenarios[0] ?? {};
    if (!held) throw new Error('the case is not held');
    const services = await client.list({ apiVersion: 'v1', kind: 'Service' }, { namespace: held.namespace });
    expect(services.items.map(({ metadata }) => metadata.name)).toContain('web-frontend');
    const probes = ['ps', '--filter', `label=${LABEL.run}`, '--format', '{{.Names}}'];
    expect(await shared.docker.lines(probes)).toContain(held.probe);
    expect((await readClusterState(sharedName()))?.kept?.holds).toMatch(/#claims-too-much$/);
    // What is printed to be typed next is alive.
    const seen = await shared.docker.run(['exec', held.probe, 'ip', '-6', 'address', 'show', 'eth0']);
    expect(seen).toContain('scope global');
    const next = await dualvip([
      'run',
      '-t',
      'c3-ipv4-only-pool',
      '--name',
      sharedName(),
      '--reports',
      reports,
    ]);
    expect(next.exitCode).toBe(0);
    expect(await shared.docker.lines(probes)).not.toContain(held.probe);
    expect((await readClusterState(sharedName()))?.kept?.holds).toBeUndefined();
    const pools = await client.list({ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' });
    expect(pools.items).toEqual([]);
  });
});
