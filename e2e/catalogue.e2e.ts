import { mkdtempDisposable, readdir, readFile, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { converge } from '../base/converge.ts';
import { LABEL } from '../clusters/docker.ts';
import { deviationOf, loadDeviations } from '../harness/deviation/deviation.ts';
import { namespaceOf } from '../harness/run/run.ts';
import { planScenarios, SCENARIOS_FOLDER } from '../harness/run/plan.ts';
import { readRunRecord } from '../reports/record-file.ts';
import type { ProbeObservation, RunRecord, ScenarioRecord } from '../reports/record/record.ts';
import { dualvip, type CommandEnd } from './command-line.ts';
import { openShared, sharedName } from './shared-cluster.ts';

/** The core of the catalogue, run once by the command itself; the tests look at what came of it. */
describe('dualvip run', () => {
  const cleanup = new AsyncDisposableStack();
  let reports: string;
  let end: CommandEnd;
  let record: RunRecord;

  beforeAll(async () => {
    reports = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-reports-'))).path;
    // As in CI, where no terminal is and colours are often taken for wanted.
    const env = { CI: 'true' };
    end = await dualvip(['run', '--name', sharedName(), '--reports', reports], { env });
    if (end.exitCode !== 0) process.stderr.write(`${end.stdout}\n${end.stderr}\n`);
    record = await readRunRecord(path.join(reports, 'latest', 'run.json'));
  });

  afterAll(() => cleanup.disposeAsync());

  function scenario(id: string): ScenarioRecord {
    const found = record.scenarios.find((one) => one.id === id);
    if (!found) throw new Error(`no record of ${id}`);
    return found;
  }

  const lastProbe = (id: string, family: string): ProbeObservation | undefined =>
    scenario(id).observations.findLast(
      (one): one is ProbeObservation => one.kind === 'probe' && one.family === family,
    );

  it('ends with exit code 0, and has a record of every core scenario of the topology, in order', async () => {
    expect(end.exitCode).toBe(0);
    expect(record.exitCode).toBe(0);
    expect(record.interrupted).toBeUndefined();
    const planned = (await planScenarios(SCENARIOS_FOLDER, 'dual')).filter(({ core }) => core);
    expect(record.scenarios.map(({ id }) => id)).toEqual(planned.map(({ id }) => id));
  });

  it('expects to fail what the known deviations of this version name, and nothing else', async () => {
    const planned = (await planScenarios(SCENARIOS_FOLDER, 'dual')).filter(({ core }) => core);
    const { implementation } = record;
    const deviations = await loadDeviations(implementation.name, planned);
    const known = planned.filter(({ id }) => deviationOf(deviations, id, implementation));
    const failed = record.scenarios.filter(({ verdict }) => verdict.pair === 'expected-fail');
    expect(failed.map(({ id }) => id)).toEqual(known.map(({ id }) => id));
    expect(known.map(({ id }) => id)).toContain('c2-separate-pools');
  });

  it('sees the guide’s separate pools give one family only, and names the deviation', () => {
    const { verdict, deviation, checks, deviationChecks } = scenario('c2-separate-pools');
    expect(verdict).toEqual({ pair: 'expected-fail', IPv4: 'pass', IPv6: 'expected-fail' });
    expect(deviation).toMatchObject({
      summary: 'all addresses of a Service come from one pool, so the second family gets none',
      versions: '>=0.14.9',
    });
    expect(deviationChecks.every(({ ok }) => ok)).toBe(true);
    const refuted = checks.filter(({ ok, subject }) => !ok && subject === 'IPv6');
    expect(refuted.map(({ step, expected, observed }) => ({ step, expected, observed }))).toEqual([
      { step: 'assigned', expected: 'an IPv6 address of ipv6-pool', observed: 'no IPv6 address' },
      { step: 'reachable', expected: 'reachable on http/80', observed: 'no address' },
    ]);
  });

  it('sees an address that is assigned and not announced as unreachable, in both families', () => {
    expect(scenario('c8-no-advertisement').verdict).toEqual({ pair: 'pass', IPv4: 'pass', IPv6: 'pass' });
    for (const family of ['IPv4', 'IPv6']) {
      const attempt = lastProbe('c8-no-advertisement', family);
      expect(attempt).toMatchObject({ outcome: 'unreachable', detail: 'EHOSTUNREACH' });
      expect(attempt?.address).toBeDefined();
      expect(attempt).not.toHaveProperty('mac');
    }
  });

  // The control of the test above: the same probe, and addresses that are announced.
  it('sees an address that is announced answer by way of a node, in both families', () => {
    expect(scenario('c2-dual-pool').verdict).toEqual({ pair: 'pass', IPv4: 'pass', IPv6: 'pass' });
    const nodes = record.cluster.nodes.map(({ name }) => name);
    for (const family of ['IPv4', 'IPv6']) {
      const attempt = lastProbe('c2-dual-pool', family);
      expect(attempt).toMatchObject({ outcome: 'ok', status: 200 });
      expect(nodes).toContain(attempt?.announcer);
    }
  });

  it('links latest to the run and writes JUnit beside the record', async () => {
    expect(await readlink(path.join(reports, 'latest'))).toBe(record.id);
    const junit = await readFile(path.join(reports, record.id, 'junit.xml'), 'utf8');
    const { length } = record.scenarios;
    expect(junit).toMatch(
      new RegExp(
        `^  <testsuite .* tests="${length}" failures="0" errors="0" skipped="0" time="[\\d.]+" .*>$`,
        'm',
      ),
    );
    expect(junit.match(/<testcase /g)).toHaveLength(length);
  });

  it('prints each scenario and the totals, without colours', () => {
    const { name, version, mode } = record.implementation;
    const { length } = record.scenarios;
    for (const { id } of record.scenarios) expect(end.stdout).toContain(` ${id} `);
    expect(end.stdout).toMatch(new RegExp(`^✓ +\\d+ pass +\\S`, 'm'));
    const sum = end.stdout.split('\n').filter((line) => line.startsWith(`${length} scenarios in `));
    expect(sum).toHaveLength(1);
    expect(sum[0]?.endsWith(`: nothing differs from what is known of ${name} ${version} (${mode}).`)).toBe(
      true,
    );
    expect(end.stdout).not.toContain('\u001B');
  });

  it('keeps of a green scenario what was applied, and nothing else', async () => {
    for (const { id, evidence } of record.scenarios) {
      const folder = path.join('scenarios', id);
      const files = await readdir(path.join(reports, record.id, folder), {
        recursive: true,
        withFileTypes: true,
      });
      const names = files
        .filter((file) => file.isFile())
        .map((file) => path.relative(path.join(reports, record.id), path.join(file.parentPath, file.name)));
      expect(names.sort()).toEqual([...evidence, path.join(folder, 'record.json')].sort());
      expect(evidence).toContain(path.join(folder, 'applied', 'pools.yaml'));
      const others = evidence.filter((file) => !file.startsWith(path.join(folder, 'applied', path.sep)));
      expect(others).toEqual([]);
    }
  });

  it('leaves no namespace, no pool and no probe behind', async () => {
    await using shared = await openShared();
    const { client } = shared.cluster;
    const names = async (apiVersion: string, kind: string) =>
      (await client.list({ apiVersion, kind })).items.map(({ metadata }) => metadata.name);
    // Its deletion is not waited for by the run: nothing else uses the name.
    await converge({
      what: 'the namespace of the run to go',
      observe: () => names('v1', 'Namespace'),
      until: (namespaces) => !namespaces.includes(namespaceOf(record.id)),
      timeoutMs: 240_000,
      intervalMs: 500,
    });
    expect(await names('metallb.io/v1beta1', 'IPAddressPool')).toEqual([]);
    expect(await names('metallb.io/v1beta1', 'L2Advertisement')).toEqual([]);
    const ofRun = ['ps', '--all', '--quiet', '--filter', `label=${LABEL.run}=${record.id}`];
    expect(await shared.docker.lines(ofRun)).toEqual([]);
  });
});
