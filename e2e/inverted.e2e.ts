import { cp, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SCENARIOS_FOLDER } from '../harness/run/plan.ts';
import { checkPlace } from '../reports/check-place.ts';
import { readRunRecord } from '../reports/record-file.ts';
import type { RunRecord } from '../reports/record/record.ts';
import { dualvip, type CommandEnd } from './command-line.ts';
import { sharedName } from './shared-cluster.ts';

interface Inversion {
  scenario: string;
  /** What is written in scenario.yaml, once. */
  from: string;
  to: string;
  /** The check that must fail, as `step, subject`, and the words that a reader gets. */
  check: string;
  expected: string;
  observed: RegExp;
}

const INVERSIONS: readonly Inversion[] = [
  {
    scenario: 'c1-single-stack-ipv4',
    from: 'primary: IPv4',
    to: 'primary: IPv6',
    check: 'assigned, pair',
    expected: 'primary family IPv6',
    observed: /^ipFamilies\[0\] IPv4, clusterIPs\[0\] IPv4$/,
  },
  {
    scenario: 'c1-single-stack-ipv6',
    from: 'IPv4: no-address',
    to: 'IPv4: reachable',
    check: 'reachable, IPv4',
    expected: 'reachable on http/80',
    observed: /^no address$/,
  },
  {
    scenario: 'c5-ipv4-only-pool',
    from: 'says: refused',
    to: 'says: satisfied',
    check: 'pending, pair',
    expected: 'the implementation says: satisfied',
    observed: /^refused \(AllocationFailed: Failed to allocate IP for .*: no available IPs\)$/,
  },
  {
    scenario: 'c7-dual-stack-cluster',
    from: 'expect: reachable',
    to: 'expect: unreachable',
    check: 'reachable, IPv6',
    expected: 'unreachable on http/80',
    observed: /^\S+ ok \(HTTP 200\) after .*, announced by \S+$/,
  },
  {
    scenario: 'c9-ipv4-first',
    from: '- { family: IPv4, pool: dual-pool }\n        - { family: IPv6, pool: dual-pool }',
    to: '- { family: IPv6, pool: dual-pool }\n        - { family: IPv4, pool: dual-pool }',
    check: 'assigned, pair',
    expected: 'in the status IPv6 before IPv4',
    observed: /^IPv4, IPv6$/,
  },
  {
    scenario: 'c12-ipv4-to-dual',
    from: 'keeps: single',
    to: 'loses: single',
    check: 'dual, IPv4',
    expected: 'has lost ',
    observed: /^\d+\.\d+\.\d+\.\d+$/,
  },
  {
    scenario: 'c14-ipv4-range-added',
    from: 'causes: [pool-missing]',
    to: 'causes: [pool-exhausted]',
    check: 'cause, pair',
    expected: 'diagnosis: pool-exhausted',
    observed: /^pool-missing$/,
  },
  {
    scenario: 'pool-grown',
    from: '{ service: web-prefer, pending: true, says: refused }',
    to: '{ service: web-prefer, pending: true, says: satisfied }',
    check: 'prefer-waits, pair',
    expected: 'the implementation says: satisfied',
    observed: /^refused \(AllocationFailed: /,
  },
  {
    scenario: 'pool-overlap-rejected',
    from: '  - id: disjoint\n    pools:\n      put:\n        - { name: dual-new, ranges: [new4, new6], autoAssign: false }\n',
    to: '  - id: disjoint\n    pools:\n      put:\n        - { name: dual-new, ranges: [new4, new6], autoAssign: false }\n    rejected: overlap\n',
    check: 'disjoint, pair',
    expected: 'the API refuses it with "overlap"',
    observed: /^the API took it$/,
  },
  {
    scenario: 'share-different-ports',
    from: 'sharesWith: [web-first]',
    to: 'distinctFrom: [web-first]',
    check: 'second, pair',
    expected: 'no address that web-first has',
    observed: /^\S+, \S+$/,
  },
];

/** Ten scenarios of the catalogue with one expectation turned round: each must fail there, and say so plainly. */
describe('a scenario that expects the opposite', () => {
  const cleanup = new AsyncDisposableStack();
  let end: CommandEnd;
  let record: RunRecord;

  beforeAll(async () => {
    const root = cleanup.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-inverted-'))).path;
    const [scenarios, reports] = [path.join(root, 'scenarios'), path.join(root, 'reports')];
    await mkdir(scenarios);
    for (const inversion of INVERSIONS) await invert(inversion, scenarios);
    // What is waited for does not come.
    const env = { DUALVIP_TIMEOUT_ASSIGNMENT: '8000', DUALVIP_TIMEOUT_REACHABILITY: '10000' };
    const flags = ['--name', sharedName(), '--scenarios', scenarios, '--reports', reports];
    end = await dualvip(['run', ...flags], { env });
    record = await readRunRecord(path.join(reports, 'latest', 'run.json'));
  });

  afterAll(() => cleanup.disposeAsync());

  it('ends the run with exit code 1', () => {
    expect(end.exitCode).toBe(1);
    expect(record.scenarios).toHaveLength(INVERSIONS.length);
  });

  it.each(INVERSIONS)('$scenario: $check', ({ scenario, check, expected, observed }) => {
    const found = record.scenarios.find(({ id }) => id === scenario);
    expect(found?.verdict.pair).toBe('fail');
    const all = found?.checks ?? [];
    const failed = all.filter(({ ok, step, subject }) => !ok && `${step}, ${subject}` === check);
    const words = failed.map((one) => ({ expected: one.expected, observed: one.observed }));
    expect(words).toContainEqual({
      expected: expect.stringContaining(expected),
      observed: expect.stringMatching(observed),
    });
    for (const one of failed) expect(end.stdout).toContain(`    ${checkPlace(one)}\n`);
  });
});

async function invert({ scenario, from, to }: Inversion, root: string): Promise<void> {
  const folder = path.join(root, scenario);
  await cp(path.join(SCENARIOS_FOLDER, scenario), folder, { recursive: true });
  const file = path.join(folder, 'scenario.yaml');
  const text = await readFile(file, 'utf8');
  // Nothing that has become something else meanwhile is turned round by accident.
  expect(text.split(from).length, `${scenario}: "${from}"`).toBe(2);
  await writeFile(file, text.replace(from, to));
}
