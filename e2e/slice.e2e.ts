import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { invariantSchema, invariantStep } from '../harness/judge/invariants.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { dualvip } from './command-line.ts';
import { sharedName } from './shared-cluster.ts';

/**
 * Beyond the core, one scenario of each kind: migration, three acts with a diagnosis, a router that drops a
 * family, requested and shared addresses, pools that change under live Services, a restart, many at once.
 */
const SLICE = [
  'c12-ipv4-to-dual',
  'c13-ipv6-pool-created',
  'c14-ipv6-exhausted',
  'c15-ipv6-not-advertised',
  'c16-ipv6-not-routed',
  'c17-events',
  'request-by-annotation',
  'share-different-ports',
  'pool-priority',
  'pool-shrunk',
  'pool-overlap-rejected',
  'service-recreated',
  'controller-restart-keeps',
  'many-services',
];

it('a slice of the catalogue, with a restart of the controller after each, is as known', async () => {
  await using reports = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-slice-'));
  const flags = ['--name', sharedName(), '--reports', reports.path, '--nudges', 'all'];
  const end = await dualvip(['run', '-t', `(^| )(${SLICE.join('|')}): `, ...flags]);
  if (end.exitCode !== 0) process.stderr.write(`${end.stdout}\n${end.stderr}\n`);
  expect(end.exitCode).toBe(0);
  const { scenarios, assignment } = await readRunRecord(path.join(reports.path, 'latest', 'run.json'));
  expect(scenarios.map(({ id }) => id).toSorted()).toEqual(SLICE.toSorted());
  for (const { id, observations, checks } of scenarios) {
    const nudges = observations.flatMap((one) => (one.kind === 'nudge' ? [one.nudge] : []));
    expect(nudges, `of ${id}`).toContain('restart-controller');
    const steps = new Set(checks.map(({ step }) => step));
    // Every invariant was looked at: the counters only where pools were left to count.
    for (const invariant of invariantSchema.options) {
      if (invariant === 'counters' || invariant === 'released') continue;
      expect(steps, `of ${id}`).toContain(invariantStep(invariant));
    }
  }
  expect(assignment?.IPv4?.count).toBeGreaterThan(SLICE.length);
  expect(assignment?.IPv6?.p95).toBeGreaterThan(0);
});

it('a slice of the model is as known, and its truth table says so', async () => {
  await using reports = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-model-'));
  const flags = ['--name', sharedName(), '--reports', reports.path];
  const end = await dualvip(['model', '-t', '-(one-dual|separate)-', ...flags]);
  if (end.exitCode !== 0) process.stderr.write(`${end.stdout}\n${end.stderr}\n`);
  expect(end.exitCode).toBe(0);
  const { scenarios } = await readRunRecord(path.join(reports.path, 'latest', 'run.json'));
  expect(scenarios.length).toBeGreaterThan(40);
  const verdicts = new Set(scenarios.map(({ verdict }) => verdict.pair));
  expect([...verdicts].toSorted()).toEqual(['expected-fail', 'pass']);
});
