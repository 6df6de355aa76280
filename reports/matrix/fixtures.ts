import { runWith, scenarioWith } from '../fixtures.ts';
import type { RunRecord } from '../record/record.ts';
import { mergeRuns, type MatrixHead, type MatrixRun, type RecordedRun } from './merge.ts';

/** Matrices for tests of what reads them: versions of MetalLB that differ as they really do. */

export const head: MatrixHead = {
  id: 'matrix-20261123-031500-qzx',
  startedAt: '2026-11-23T03:15:00.000Z',
  durationMs: 244_000,
  command: ['matrix', '--implementation', 'metallb@0.13.12,0.16.1'],
  harness: { version: '0.1.0', node: '26.10.0' },
};

const staysPending = {
  summary: 'all addresses of a Service come from one pool, and without both families it stays Pending',
  versions: '<0.14.9',
  upstream: ['https://github.com/metallb/metallb/issues/1156'],
};
export const ipv4First = {
  summary: 'the status lists IPv4 before IPv6, whatever the order of ipFamilies',
  versions: '*',
  upstream: [],
};

interface RunOf {
  version: string;
  topology?: RunRecord['cluster']['topology'];
  scenarios?: RunRecord['scenarios'];
  exitCode?: 0 | 1 | 2;
}

/** A recorded run whose id is of its version and topology. */
export function runOf({ version, topology = 'dual', scenarios = [], exitCode = 0 }: RunOf): RecordedRun {
  const id = `run-${version}-${topology}`;
  const { cluster, implementation } = runWith([]);
  const record = runWith(scenarios, {
    id,
    cluster: { ...cluster, topology },
    implementation: { ...implementation, version },
    exitCode,
  });
  return { record, file: `../${id}/run.json` };
}

const ipv6First = scenarioWith('expected-fail', {
  id: 'c9-ipv6-first',
  title: 'With ipFamilies [IPv6, IPv4] the primary is IPv6, in the spec and in the status',
  claim: 'C9',
  verdict: { pair: 'expected-fail', IPv4: 'pass', IPv6: 'pass' },
  checks: [
    {
      step: 'assigned',
      subject: 'pair',
      ok: false,
      expected: 'in the status IPv6 before IPv4',
      observed: 'IPv4, IPv6',
    },
  ],
  deviation: ipv4First,
});

const old = runOf({
  version: '0.13.12',
  exitCode: 1,
  scenarios: [
    scenarioWith('pass'),
    scenarioWith('expected-fail', {
      verdict: { pair: 'expected-fail', IPv4: 'expected-fail', IPv6: 'expected-fail' },
      deviation: staysPending,
    }),
    scenarioWith('fail'),
    ipv6First,
    scenarioWith('unsupported'),
  ],
});
const newest = runOf({
  version: '0.16.1',
  exitCode: 2,
  scenarios: [
    scenarioWith('pass'),
    scenarioWith('expected-fail'),
    scenarioWith('expected-fail', { id: 'c6-separate-pools-are-served', claim: 'C6' }),
    ipv6First,
    scenarioWith('unsupported'),
    scenarioWith('error'),
  ],
});
const oneFamily = runOf({
  version: '0.16.1',
  topology: 'ipv6',
  scenarios: [scenarioWith('pass', { id: 'c3-ipv6-cluster', claim: 'C3' })],
});
const failed: MatrixRun = {
  run: 'run-0.9.3-dual',
  implementation: { name: 'metallb', version: '0.9.3', mode: 'native' },
  topology: 'dual',
  durationMs: 61_000,
  error: { code: 'DUALVIP_KIND_FAILED', message: 'kind could not create cluster mx-4: ERROR: no memory' },
};

export const runs: readonly MatrixRun[] = [old, newest, oneFamily, failed];
export const everyCell = mergeRuns(head, runs);
