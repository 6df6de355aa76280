import { appendFile, mkdir, mkdtempDisposable, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { silent } from '../../base/progress.ts';
import { runWith, scenarioWith } from '../../reports/fixtures.ts';
import { readRunRecord, writeRunRecord } from '../../reports/record-file.ts';
import type { RunRecord } from '../../reports/record/record.ts';
import { REPORTERS } from '../../reports/run-reports.ts';
import { historyEntry } from '../../reports/trends/history-entry.ts';
import { appendHistory, readHistory } from '../../reports/trends/history-file.ts';
import { historyFile } from '../history-place.ts';
import { reportCompare } from './report-compare.ts';
import { reportHistory } from './report-history.ts';
import { reportMerge } from './report-merge.ts';

const green = runWith([scenarioWith('pass', { id: 'one' })], { id: 'monday', exitCode: 0 });
const red = runWith([scenarioWith('fail', { id: 'one' })], {
  id: 'tuesday',
  startedAt: '2026-11-24T01:45:00.123Z',
});
const shard = runWith([scenarioWith('pass', { id: 'two' })], { id: 'shard', exitCode: 0 });

async function recorded(...runs: RunRecord[]) {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-history-'));
  for (const run of runs) {
    await writeRunRecord(path.join(folder.path, run.id), run);
    await appendHistory(historyFile(folder.path), historyEntry(run));
  }
  return folder;
}

function context() {
  const [printed, notes]: string[][] = [[], []];
  const print = (text: string) => void printed?.push(text);
  const progress = { ...silent, note: (text: string) => void notes?.push(text) };
  return { print, progress, printed: () => (printed ?? []).join('\n'), notes: () => notes ?? [] };
}

describe('report history', () => {
  it('shows the runs of each implementation, what is flaky, and what cannot be read', async () => {
    await using folder = await recorded(green, red);
    await appendFile(historyFile(folder.path), '{"half');
    const { printed, notes, ...rest } = context();
    expect(await reportHistory({ reports: folder.path, runs: 20, json: false }, rest)).toBe(0);
    expect(printed()).toMatch(/^metallb@0\.15\.2 on dual\nRUN +STARTED +EXIT/);
    expect(printed()).toContain('one: 1 of 2 red, 50 % (9 to 91 %), red since tuesday');
    expect(notes()).toEqual([`${historyFile(folder.path)}:3: half-written, left out`]);
  });

  it('ends with 1 where the newest run exceeds a budget', async () => {
    await using folder = await recorded(green);
    const budgets = path.join(folder.path, 'budgets.yaml');
    await writeFile(budgets, 'assignment: { IPv4: { p50: 10 } }');
    const { printed, notes: _, ...rest } = context();
    expect(await reportHistory({ reports: folder.path, runs: 20, json: false, budgets }, rest)).toBe(1);
    expect(printed()).toContain('budgets: 1 of 1 exceeded\n  ✗ assignment IPv4 p50: 84 ms, limit 10 ms');
  });

  it('has the data of charts as JSON', async () => {
    await using folder = await recorded(green, red);
    const { printed, notes: _, ...rest } = context();
    await reportHistory({ reports: folder.path, runs: 1, json: true }, rest);
    expect(JSON.parse(printed())).toMatchObject({
      trends: [{ series: 'metallb@0.15.2 on dual', runs: [{ run: 'tuesday' }] }],
    });
  });
});

const flags = (reports: string) => ({ reports, json: false });

describe('report compare', () => {
  it('ends with 1 for a new failure, and with 0 the other way round', async () => {
    await using folder = await recorded(green, red);
    const { printed, notes: _, ...rest } = context();
    expect(await reportCompare('monday', 'tuesday', flags(folder.path), rest)).toBe(1);
    expect(await reportCompare('tuesday', 'monday', flags(folder.path), rest)).toBe(0);
    expect(printed()).toContain('new failures (1)\n  one: pass → fail');
    expect(printed()).toContain('fixed (1)\n  one: fail → pass');
  });

  it('knows a run whose folder is gone by the history', async () => {
    await using folder = await recorded(green);
    await appendHistory(historyFile(folder.path), { ...historyEntry(red), id: 'gone' });
    const { printed: _, notes: __, ...rest } = context();
    expect(await reportCompare('monday', 'gone', flags(folder.path), rest)).toBe(1);
    await expect(reportCompare('monday', 'never', flags(folder.path), rest)).rejects.toMatchObject({
      code: 'DUALVIP_RUN_UNKNOWN',
      message: 'there is no run never, and the history has none',
    });
  });
});

describe('the newest run, without its link', () => {
  it('is the one that was written last', async () => {
    await using folder = await recorded(green, red);
    const hour = new Date('2026-11-25T00:00:00Z');
    await utimes(path.join(folder.path, 'monday', 'run.json'), hour, hour);
    const { printed, notes: _, ...rest } = context();
    await reportCompare('monday', 'latest', flags(folder.path), rest);
    expect(printed()).toContain('monday → tuesday\nnot as known: 0 → 1, 1 of them new\n');
  });

  it('is the last of the history where no folder is left', async () => {
    await using folder = await recorded();
    for (const run of [green, red]) await appendHistory(historyFile(folder.path), historyEntry(run));
    const { printed, notes: _, ...rest } = context();
    await reportCompare('monday', 'latest', flags(folder.path), rest);
    expect(printed()).toContain('monday → tuesday\n');
  });
});

describe('what did not run before', () => {
  it('and is red, is new', async () => {
    const more = runWith([...green.scenarios, scenarioWith('error', { id: 'two' })], { id: 'more' });
    await using folder = await recorded(green, more);
    const { printed, notes: _, ...rest } = context();
    expect(await reportCompare('monday', 'more', flags(folder.path), rest)).toBe(1);
    expect(printed()).toBe(
      'monday → more\nnot as known: 0 → 1, 1 of them new\nnot run before (1)\n  two: error\n' +
        'measured (2)\n  assignment IPv4: p50 84 ms → 84 ms (×1.00; 1 and 1 values; too few to tell)\n' +
        '  assignment IPv6: p50 84 ms → 84 ms (×1.00; 1 and 1 values; too few to tell)',
    );
  });
});

describe('report merge', () => {
  it('writes one run with its evidence and reports, and a line in the place of its parts', async () => {
    await using folder = await recorded(green, shard);
    await writeRunRecord(path.join(folder.path, 'shard', 'scenarios', 'two'), shard);
    const output = path.join(folder.path, 'whole');
    const { printed, notes, ...rest } = context();
    expect(await reportMerge(['monday', 'shard'], { reports: folder.path, output }, rest)).toBe(0);
    expect(notes()).toEqual([]);
    expect(printed()).toContain('2 shards: 2 scenarios in 31.9 s: nothing differs');
    const merged = await readRunRecord(path.join(output, 'run.json'));
    expect(merged.scenarios.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(await readFile(path.join(output, 'report.html'), 'utf8')).toContain('2 scenarios in 31.9 s');
    for (const { file } of REPORTERS) expect(await readFile(path.join(output, file), 'utf8')).not.toBe('');
    expect(await readFile(path.join(output, 'scenarios/two/run.json'), 'utf8')).toContain('"shard"');
    expect((await readHistory(historyFile(folder.path))).entries.map(({ id }) => id)).toEqual(['whole']);
  });

  it('stands among the runs before it, and its parts do not', async () => {
    const earlier = { ...historyEntry(green), id: 'sunday', startedAt: '2026-11-22T01:45:00.123Z' };
    await using folder = await recorded(green, shard);
    await appendHistory(historyFile(folder.path), earlier);
    const output = path.join(folder.path, 'whole');
    const { printed: _, notes: __, ...rest } = context();
    await reportMerge(['monday', 'shard'], { reports: folder.path, output }, rest);
    const page = await readFile(path.join(output, 'report.html'), 'utf8');
    const [, table = ''] = /aria-label="Table of runs">(.*?)<\/table>/s.exec(page) ?? [];
    expect([...table.matchAll(/<th scope="row">([^<]*)/g)].map(([, run]) => run)).toEqual([
      'whole',
      'sunday',
    ]);
  });

  it('writes the texts that are ready to file upstream', async () => {
    const deviation = { summary: 'order', versions: '>=0.15.0', upstream: [] };
    const other = runWith([scenarioWith('expected-fail', { id: 'two', deviation })], { id: 'shard' });
    await using folder = await recorded(green, other);
    const output = path.join(folder.path, 'whole');
    const { printed, notes: _, ...rest } = context();
    await reportMerge(['monday', 'shard'], { reports: folder.path, output }, rest);
    expect(printed()).toContain(`to file upstream  ${path.join(output, 'unreported', 'two.md')}`);
    expect(await readFile(path.join(output, 'unreported', 'two.md'), 'utf8')).toContain('metallb 0.15.2');
  });

  it('tells what of it cannot be written, and ends with 2', async () => {
    await using folder = await recorded(green, shard);
    const output = path.join(folder.path, 'whole');
    await mkdir(path.join(output, 'report.html'), { recursive: true });
    const { printed: _, notes, ...rest } = context();
    expect(await reportMerge(['monday', 'shard'], { reports: folder.path, output }, rest)).toBe(2);
    expect(notes()).toEqual([expect.stringMatching(/^report\.html was not written: EISDIR/)]);
  });

  it('writes over no shard, and into no file', async () => {
    await using folder = await recorded(green, shard);
    const { printed: _, notes: __, ...rest } = context();
    const merge = (output: string) =>
      reportMerge(
        ['monday', 'shard'],
        { reports: folder.path, output: path.join(folder.path, output) },
        rest,
      );
    await expect(merge('shard')).rejects.toMatchObject({ code: 'DUALVIP_MERGE_INTO_SHARD', exitCode: 64 });
    await expect(merge('shard/run.json')).rejects.toMatchObject({ code: 'DUALVIP_OUTPUT_UNWRITABLE' });
    expect(await readRunRecord(path.join(folder.path, 'shard', 'run.json'))).toEqual(shard);
  });
});
