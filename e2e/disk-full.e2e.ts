import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readSalvagedRun } from '../reports/salvaged-run.ts';
import type { ScenarioRecord } from '../reports/record/record.ts';
import { dualvip, startDualvip } from './command-line.ts';
import { makeOwnHome } from './own-home.ts';
import { mountSmallDisk } from './small-disk.ts';

const PREFIX = `e2e-disk-${process.pid}`;

/** The disk of the reports is full when the first scenarios have ended. */
describe('a run whose disk is full', () => {
  const cleanup = new AsyncDisposableStack();
  let end: { exitCode: number | undefined; stderr: string };
  let left: string[];
  let folder: string;
  let scenarios: ScenarioRecord[];
  let report: { exitCode: number | undefined; stdout: string };

  beforeAll(async () => {
    const own = cleanup.use(await makeOwnHome(PREFIX));
    const disk = cleanup.use(await mountSmallDisk(16 * 1024 * 1024));
    const reports = path.join(disk.path, 'runs');
    // One after another, so that it is one of them that finds the disk full.
    const flags = ['--name', PREFIX, '--workers', '1', '--lanes', '1', '--reports', reports];
    const run = startDualvip(['run', ...flags], { env: own.env });
    let isFull = false;
    for await (const line of run.iterable()) {
      if (isFull || !/^✓ c\d/.test(line)) continue;
      isFull = true;
      await disk.fill();
    }
    const { exitCode, stderr } = await run;
    end = { exitCode, stderr };
    left = await own.left(PREFIX);
    const [id = ''] = (await readdir(reports)).filter((name) => name !== 'latest');
    folder = path.join(reports, id);
    ({ scenarios } = (await readSalvagedRun(path.join(folder, 'run.json'))).record);
    report = await dualvip(['report', folder, '--output', path.join(own.home, 'report.html')], {
      env: own.env,
    });
  });

  afterAll(() => cleanup.disposeAsync());

  it('ends with exit code 2 and one clear error', () => {
    expect(end.stderr.split('\n').filter((line) => /^(error|bug):|^\s+at /.test(line))).toEqual([
      `error: there is no room left for the run in ${path.dirname(folder)}`,
    ]);
    expect(end.stderr.split('\n').at(-1)).toBe('DUALVIP_DISK_FULL');
    expect(end.exitCode).toBe(2);
  });

  it('removes its cluster', () => {
    expect(left).toEqual([]);
  });

  it('has the verdict error for what it could not record, and those before as they were', () => {
    const [first, ...others] = scenarios.toSorted((a, b) => a.startedAt - b.startedAt);
    expect(first?.verdict.pair).toBe('pass');
    const verdicts = others.map(({ verdict }) => verdict.pair);
    expect(verdicts.filter((verdict) => verdict === 'fail')).toEqual([]);
    expect(verdicts.at(-1)).toBe('error');
    expect(others.at(-1)?.reason).toContain('ENOSPC: no space left on device');
  });

  it('leaves nothing half-made, and what is there is readable', async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
    for (const file of files) {
      // What is written beside its place first ends in a number.
      expect(file).toMatch(/\.(json|ya?ml|txt|log|pcap)$/);
      if (file.endsWith('.json')) JSON.parse(await readFile(file, 'utf8'));
    }
    expect(report).toMatchObject({ exitCode: 2, stdout: expect.stringMatching(/report\.html$/) });
  });
});
