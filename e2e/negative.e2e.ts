import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FAMILIES } from '../base/addresses.ts';
import { LABEL } from '../clusters/docker.ts';
import { readRunRecord } from '../reports/record-file.ts';
import type { Check, ProbeObservation, RunRecord, ScenarioRecord } from '../reports/record/record.ts';
import { unheldAddresses, workerOf } from './addresses-of.ts';
import { dualvip, type CommandEnd } from './command-line.ts';
import { openShared, sharedName } from './shared-cluster.ts';

/** The kubelet listens here on every node, in both families. */
const KUBELET = 10_250;

describe('dualvip probe', () => {
  it('finds an address that nobody holds unreachable, and a node beside it reachable', async () => {
    await using shared = await openShared();
    const unheld = unheldAddresses(shared.cluster);
    const worker = workerOf(shared.cluster);
    const flags = ['--name', sharedName(), '--protocol', 'tcp', '--port', String(KUBELET), '--json'];
    const targets = [unheld.IPv4, unheld.IPv6, worker.IPv4, worker.IPv6];
    // Above the 3 s after which the kernel gives up asking, also on a busy machine.
    const env = { DUALVIP_TIMEOUT_PROBE: '10000' };
    const both = await dualvip(['probe', ...targets, ...flags], { env });
    const unreachable = { outcome: 'unreachable', detail: 'EHOSTUNREACH' };
    const reachable = { outcome: 'ok', detail: 'connected', announcer: worker.name };
    expect(jsonLines(both.stdout)).toMatchObject([
      { family: 'IPv4', address: unheld.IPv4, ...unreachable },
      { family: 'IPv6', address: unheld.IPv6, ...unreachable },
      { family: 'IPv4', address: worker.IPv4, ...reachable },
      { family: 'IPv6', address: worker.IPv6, ...reachable },
    ]);
    expect(both.exitCode).toBe(1);
    const control = await dualvip(['probe', worker.IPv4, worker.IPv6, ...flags]);
    expect(control.exitCode).toBe(0);
    expect(control.stderr).not.toContain('error:');
    const own = ['ps', '--all', '--filter', `label=${LABEL.cluster}=${sharedName()}`];
    expect(await shared.docker.lines([...own, '--format', '{{.Names}}'])).toEqual([]);
  });

  it('tells a port where nothing listens from an address that nobody holds', async () => {
    await using shared = await openShared();
    const worker = workerOf(shared.cluster);
    const end = await dualvip(['probe', worker.IPv4, worker.IPv6, '--name', sharedName(), '--json']);
    expect(jsonLines(end.stdout)).toMatchObject([
      { family: 'IPv4', port: 80, outcome: 'refused', detail: 'ECONNREFUSED' },
      { family: 'IPv6', port: 80, outcome: 'refused', detail: 'ECONNREFUSED' },
    ]);
    expect(end.exitCode).toBe(1);
  });
});

/** Scenarios that claim what is wrong, run once; each has a control that is judged the other way. */
describe('dualvip run on scenarios that are wrong', () => {
  const cleanup = new AsyncDisposableStack();
  let reports: string;
  let end: CommandEnd;
  let record: RunRecord;

  beforeAll(async () => {
    reports = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-reports-'))).path;
    const scenarios = path.join(import.meta.dirname, 'scenarios');
    // What is waited for does not come.
    const env = {
      DUALVIP_TIMEOUT_ASSIGNMENT: '8000',
      DUALVIP_TIMEOUT_REACHABILITY: '10000',
      // All of it is looked at here, however long a busy machine takes for it.
      DUALVIP_TIMEOUT_EVIDENCE: '120000',
    };
    const flags = ['--name', sharedName(), '--scenarios', scenarios, '--reports', reports];
    end = await dualvip(['run', ...flags], { env });
    record = await readRunRecord(path.join(reports, 'latest', 'run.json'));
  });

  afterAll(() => cleanup.disposeAsync());

  function scenario(id: string): ScenarioRecord {
    const found = record.scenarios.find((one) => one.id === id);
    if (!found) throw new Error(`no record of ${id}: ${end.stderr}`);
    return found;
  }

  const probes = (id: string, step: string, family: string) =>
    scenario(id).observations.filter(
      (one): one is ProbeObservation => one.kind === 'probe' && one.step === step && one.family === family,
    );

  it('ends with exit code 1', () => {
    expect(end.exitCode).toBe(1);
    expect(record.exitCode).toBe(1);
    expect(record.scenarios.map(({ id, verdict }) => [id, verdict.pair])).toEqual([
      ['backend-dies', 'fail'],
      ['backend-returns', 'pass'],
      ['claims-too-much', 'fail'],
      ['not-advertised', 'fail'],
    ]);
    expect(end.stdout).toContain('4 scenarios in ');
    expect(end.stdout).toContain(': 3 differ from what is known of metallb ');
  });

  it('tells assigned from reachable where nothing is advertised', () => {
    const { verdict, checks } = scenario('not-advertised');
    expect(verdict).toEqual({ pair: 'fail', IPv4: 'fail', IPv6: 'fail' });
    const assigned = checks.filter(({ step }) => step === 'assigned');
    expect(assigned.map(({ subject, ok }) => [subject, ok])).toEqual([
      ['IPv4', true],
      ['IPv6', true],
      ['pair', true],
    ]);
    expect(failures(scenario('not-advertised'))).toEqual([
      'reachable IPv4: reachable on http/80, but ADDRESS unreachable (EHOSTUNREACH) after TIME',
      'reachable IPv6: reachable on http/80, but ADDRESS unreachable (EHOSTUNREACH) after TIME',
    ]);
    // The control that the harness itself makes: a node answers, so the network is not to blame.
    const controls = scenario('not-advertised').observations.filter(({ kind }) => kind === 'control');
    expect(controls).toMatchObject([{ outcome: 'ok' }, { outcome: 'ok' }]);
  });

  it.each(FAMILIES)('turns red over %s when the only backend dies', (family) => {
    expect(scenario('backend-dies').verdict[family]).toBe('fail');
    expect(probes('backend-dies', 'alive', family).at(-1)).toMatchObject({ outcome: 'ok', status: 200 });
    const dead = probes('backend-dies', 'dead', family);
    expect(dead.filter(({ outcome }) => outcome === 'ok')).toEqual([]);
    // kube-proxy rejects what is sent to a Service without endpoints; the address itself stays. Not each attempt has
    // the answer: the kernel limits the rate of such refusals.
    expect(dead.find(({ outcome }) => outcome === 'refused')).toMatchObject({
      detail: 'ECONNREFUSED',
      address: probes('backend-dies', 'alive', family)[0]?.address,
    });
  });

  it.each(FAMILIES)('passes over %s when another backend takes the place of the dead one', (family) => {
    expect(scenario('backend-returns').verdict[family]).toBe('pass');
    const [before, after] = ['alive', 'alive-again'].map(
      (step) => probes('backend-returns', step, family).at(-1)?.backend,
    );
    expect(before).toMatch(/^perishable-/);
    expect(after).toMatch(/^perishable-/);
    expect(after).not.toBe(before);
  });

  it('says what was expected and what was observed', () => {
    const { verdict } = scenario('claims-too-much');
    expect(verdict).toEqual({ pair: 'fail', IPv4: 'pass', IPv6: 'fail' });
    expect(failures(scenario('claims-too-much'))).toEqual([
      'assigned IPv6: an IPv6 address of dual-pool, but no IPv6 address',
      'assigned pair: exactly 2 addresses, but ADDRESS (dual-pool)',
    ]);
    expect(end.stdout).toContain(
      '      expected  an IPv6 address of dual-pool\n      observed  no IPv6 address\n',
    );
  });

  it('takes evidence before it cleans up', async () => {
    const { evidence, observations } = scenario('claims-too-much');
    const run = path.join(reports, record.id);
    const folder = path.join(run, 'scenarios', 'claims-too-much');
    const read = (name: string) => readFile(path.join(folder, name), 'utf8');
    const services: unknown = JSON.parse(await read('objects/Service.json'));
    const address = observations.flatMap((one) => (one.kind === 'service' ? one.addresses : []))[0];
    expect(services).toMatchObject([
      { metadata: { name: 'web-frontend' }, status: { loadBalancer: { ingress: [{ ip: address }] } } },
    ]);
    const events: unknown = JSON.parse(await read('objects/Event.json'));
    expect(events).toContainEqual(
      expect.objectContaining({ reason: 'IPAllocated', message: `Assigned IP ["${address}"]` }),
    );
    const pools: unknown = JSON.parse(await read('metallb/IPAddressPool.json'));
    expect(pools).toMatchObject([{ metadata: { name: 'dual-pool' } }]);
    const logs = (await readdir(path.join(folder, 'logs'))).map((name) => name.replace(/-.*/, ''));
    expect(logs.sort()).toEqual(['controller', 'speaker', 'speaker', 'speaker']);
    for (const { name, addresses } of record.cluster.nodes) {
      const tables = await read(`nodes/${name}.txt`);
      expect(tables).toContain(`inet ${addresses.IPv4}/`);
      expect(tables).toContain(`inet6 ${addresses.IPv6}/`);
      expect(tables).toContain('default via');
      expect(tables).toContain('table ip6 kube-proxy');
    }
    const texts = await Promise.all(evidence.map((file) => readFile(path.join(run, file), 'utf8')));
    expect(texts.filter((text) => text.includes('could not be taken'))).toEqual([]);
  });

  it('cleans up after scenarios that failed', async () => {
    await using shared = await openShared();
    const { client } = shared.cluster;
    const pools = await client.list({ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' });
    expect(pools.items).toEqual([]);
    const services = await client.list({ apiVersion: 'v1', kind: 'Service' });
    const names = services.items.map(({ metadata }) => metadata.name);
    expect(names).not.toContain('web-frontend');
    expect(names).not.toContain('mortal');
    // The control: what is not of a scenario is still there.
    expect(names).toContain('kubernetes');
  });
});

/** What the failed checks say, with addresses and times, which differ from run to run, as words. */
function failures({ checks }: ScenarioRecord): string[] {
  return checks.filter(({ ok }) => !ok).map(words);
}

function words({ step, subject, expected, observed }: Check): string {
  const general = observed
    .replaceAll(/[\d.]+ ms/g, 'TIME')
    .replaceAll(/\b(\d+\.){3}\d+|\bfd[0-9a-f:]+/g, 'ADDRESS');
  return `${step} ${subject}: ${expected}, but ${general}`;
}

function jsonLines(text: string): unknown[] {
  return text.split('\n').map((line): unknown => JSON.parse(line));
}
