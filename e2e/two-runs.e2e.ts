import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readRunRecord } from '../reports/record-file.ts';
import type { RunRecord } from '../reports/record/record.ts';
import { dualvip, type CommandEnd } from './command-line.ts';
import { makeOwnHome, type OwnHome } from './own-home.ts';

const PREFIX = `e2e-two-${process.pid}`;
const SAME = 'c2-dual-pool';
const RUNS = [
  { name: `${PREFIX}-a`, scenarios: [SAME, 'c1-single-stack-ipv4'] },
  { name: `${PREFIX}-b`, scenarios: [SAME, 'c1-single-stack-ipv6'] },
];

/** From nothing, at the same time, by one user: the same engine, state folder and reports folder. */
describe('two runs at once', () => {
  let own: OwnHome;
  let ends: CommandEnd[];
  let records: RunRecord[];
  let reports: string;

  beforeAll(async () => {
    own = await makeOwnHome(PREFIX);
    reports = path.join(own.home, 'reports');
    ends = await Promise.all(
      RUNS.map(({ name, scenarios }) => {
        const select = ['-t', `(^| )(${scenarios.join('|')}): `];
        return dualvip(['run', '--name', name, '--workers', '1', ...select, '--reports', reports], {
          env: own.env,
        });
      }),
    );
    for (const { exitCode, stdout, stderr } of ends) {
      if (exitCode !== 0) process.stderr.write(`${stdout}\n${stderr}\n`);
    }
    const ids = (await readdir(reports)).filter((id) => id !== 'latest' && id !== 'history');
    const read = await Promise.all(ids.map((id) => readRunRecord(path.join(reports, id, 'run.json'))));
    records = read.toSorted((a, b) => a.cluster.name.localeCompare(b.cluster.name));
  });

  afterAll(() => own[Symbol.asyncDispose]());

  it('are both green', () => {
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    for (const [index, { scenarios }] of RUNS.entries()) {
      const found = records[index]?.scenarios.map(({ id, verdict }) => `${id} ${verdict.pair}`).toSorted();
      expect(found).toEqual(scenarios.map((id) => `${id} pass`).toSorted());
    }
  });

  it('have clusters, networks and records of their own', async () => {
    const [first, second, ...more] = records;
    if (!first || !second) throw new Error(`${records.length} records`);
    expect(more).toEqual([]);
    expect([first, second].map(({ cluster }) => cluster.name)).toEqual(RUNS.map(({ name }) => name));
    expect(first.id).not.toBe(second.id);
    for (const family of ['IPv4', 'IPv6'] as const) {
      expect(first.cluster.subnets[family]).toBeDefined();
      expect(first.cluster.subnets[family]).not.toBe(second.cluster.subnets[family]);
    }
    const latest = await readRunRecord(path.join(reports, 'latest', 'run.json'));
    expect([first.id, second.id]).toContain(latest.id);
  });

  it('leave nothing of either', async () => {
    for (const { name } of RUNS) expect(await own.left(name)).toEqual([]);
  });
});
