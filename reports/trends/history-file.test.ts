import { appendFile, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { fullRun } from '../profile/fixtures.ts';
import { entryWith } from './fixtures.ts';
import { historyEntry, historyEntrySchema } from './history-entry.ts';
import { appendHistory, historyOf, readHistory } from './history-file.ts';

const temporary = () => mkdtempDisposable(path.join(tmpdir(), 'dualvip-history-'));
const ids = ({ entries }: { entries: { id: string }[] }) => entries.map(({ id }) => id);
const [a, b] = [entryWith('a', { one: 'pass' }), entryWith('b', { one: 'fail' })];
const text = (...entries: unknown[]) => entries.map((one) => `${JSON.stringify(one)}\n`).join('');

describe('historyEntry', () => {
  it('has the verdicts of a run and what it measured', () => {
    const entry = historyEntry(fullRun());
    expect(historyEntrySchema.parse(entry)).toEqual(entry);
    expect(entry.scenarios['c2-separate-pools']).toEqual({
      verdict: { pair: 'expected-fail', IPv4: 'pass', IPv6: 'expected-fail' },
      of: 1,
      green: 1,
      ms: 2113,
    });
    expect(entry.assignment.IPv4.slice(0, 2)).toEqual([84, 84]);
    expect(entry.outages).toEqual({ 'failover-link-down/cable-pulled': { IPv4: [2000], IPv6: [7900] } });
  });
});

describe('appendHistory', () => {
  it('adds a line for each run, also at once', async () => {
    await using folder = await temporary();
    const file = path.join(folder.path, 'history', 'runs.jsonl');
    const entries = ['a', 'b', 'c'].map((id) => entryWith(id, {}));
    await Promise.all(entries.map((entry) => appendHistory(file, entry)));
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(4);
    expect(ids(await readHistory(file)).toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('leaves a line that a crash has cut where it is, and begins a new one', async () => {
    await using folder = await temporary();
    const file = path.join(folder.path, 'history', 'runs.jsonl');
    await appendHistory(file, a);
    await appendFile(file, '{"version":"dualvip/hist');
    await appendHistory(file, b);
    const history = await readHistory(file);
    expect(ids(history)).toEqual(['a', 'b']);
    expect(history.problems).toEqual([`${file}:2: no JSON, left out`]);
  });
});

describe('readHistory', () => {
  it('reads up to a last line that is half-written, and says so', async () => {
    await using folder = await temporary();
    const file = path.join(folder.path, 'runs.jsonl');
    await writeFile(file, `${text(a)}${JSON.stringify(b).slice(0, 40)}`);
    const history = await readHistory(file);
    expect(ids(history)).toEqual(['a']);
    expect(history.problems).toEqual([`${file}:2: half-written, left out`]);
  });

  it('is empty where there is none', async () => {
    expect(await readHistory('/nonexistent/runs.jsonl')).toEqual({ entries: [], problems: [] });
  });

  it('says why a file cannot be read', async () => {
    expect((await readHistory('/')).problems).toEqual([
      expect.stringMatching(/^\/ cannot be read: EISDIR: illegal operation on a directory/),
    ]);
  });
});

describe('historyOf', () => {
  it('is in the order of time, and has the last of what was recorded twice', () => {
    const later = { ...a, startedAt: '2026-11-26T01:00:00.000Z' };
    expect(ids(historyOf(text(a, b, later), 'h'))).toEqual(['b', 'a']);
  });

  it('counts what was merged, and its parts no more', () => {
    expect(ids(historyOf(text(a, b, entryWith('ab', {}, { of: ['a', 'b'] })), 'h'))).toEqual(['ab']);
  });

  it.each([
    ['{"version":"dualvip/history/v2"}', 'not of version "dualvip/history/v1"'],
    ['[1]', 'no record of a run'],
    [JSON.stringify({ ...a, exitCode: 9 }), 'no record of a run'],
  ])('leaves out %s', (line, problem) => {
    expect(historyOf(`${line}\n${text(a)}`, 'h')).toEqual({
      entries: [a],
      problems: [`h:1: ${problem}, left out`],
    });
  });
});
