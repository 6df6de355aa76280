import { mkdtempDisposable, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { silent } from '../../base/progress.ts';
import { runWith, scenarioWith } from '../../reports/fixtures.ts';
import { writeRunRecord } from '../../reports/record-file.ts';
import { historyEntry } from '../../reports/trends/history-entry.ts';
import { appendHistory } from '../../reports/trends/history-file.ts';
import { historyFile } from '../history-place.ts';
import { reportHtml } from './report-html.ts';

const red = runWith([scenarioWith('fail')], { id: 'red' });
const green = runWith([scenarioWith('pass')], { id: 'green', exitCode: 0 });

async function runs() {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-report-html-'));
  for (const record of [red, green]) await writeRunRecord(path.join(folder.path, record.id), record);
  await symlink('red', path.join(folder.path, 'latest'));
  return folder;
}

async function asked(reports: string, given: string[], output?: string) {
  const printed: string[] = [];
  const notes: string[] = [];
  const exitCode = await reportHtml(
    given,
    { reports, ...(output === undefined ? {} : { output }) },
    {
      signal: new AbortController().signal,
      progress: { ...silent, note: (text) => notes.push(text) },
      origin: 0,
      print: (text) => printed.push(text),
    },
  );
  return { exitCode, printed, notes };
}

describe('report html', () => {
  it('writes the page of the newest run beside its record, and ends with 0 though it is red', async () => {
    await using folder = await runs();
    const page = path.join(folder.path, 'latest', 'report.html');
    expect(await asked(folder.path, [])).toEqual({ exitCode: 0, printed: [page], notes: [] });
    expect(await readFile(page, 'utf8')).toContain('1 differs from what is known of metallb 0.15.2');
  });

  it('puts runs side by side in a file of its own, with links to their folders', async () => {
    await using folder = await runs();
    const page = path.join(folder.path, 'both.html');
    expect(await asked(folder.path, ['red', path.join(folder.path, 'green')], page)).toMatchObject({
      exitCode: 0,
    });
    const text = await readFile(page, 'utf8');
    expect(text).toContain('<h1>1 differs from what is known, in 2 runs</h1>');
    expect(text).toContain('href="./green/run.json"');
  });

  it('shows the run among those of the same before it in the history', async () => {
    await using folder = await runs();
    const before = { ...historyEntry(green), id: 'before', startedAt: '2026-11-22T01:45:00.123Z' };
    await appendHistory(historyFile(folder.path), before);
    const { printed } = await asked(folder.path, ['red']);
    const page = await readFile(printed[0] ?? '', 'utf8');
    expect(page).toContain('<h2 id="trends-heading">Trends</h2><h3>metallb@0.15.2 on dual</h3>');
    expect(page).toContain('2 runs of the history');
  });

  it('has no trends of a run that is the first', async () => {
    await using folder = await runs();
    const { printed } = await asked(folder.path, ['red']);
    expect(await readFile(printed[0] ?? '', 'utf8')).not.toContain('id="trends"');
  });

  it('makes the page of what can be saved of a damaged record, says what is missing, and ends with 2', async () => {
    await using folder = await runs();
    const file = path.join(folder.path, 'red', 'run.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, text.lastIndexOf(']')));
    const { exitCode, notes, printed } = await asked(folder.path, ['red', 'green']);
    expect(exitCode).toBe(2);
    expect(notes).toEqual([expect.stringContaining('run.json is damaged: the file is not JSON')]);
    const page = await readFile(printed[0] ?? '', 'utf8');
    expect(page).toContain('The record of this run is damaged.');
    expect(page).toContain('<title>✗ 1 metallb 0.15.2 · dualvip</title>');
    expect(page).toContain('c6-separate-pools-are-served');
  });

  it('writes nothing of what is no record, or not there', async () => {
    await using folder = await runs();
    await writeFile(path.join(folder.path, 'red', 'run.json'), '{}');
    await expect(asked(folder.path, ['green', 'red'])).rejects.toMatchObject({
      code: 'DUALVIP_RECORD_INVALID',
      exitCode: 2,
    });
    await expect(asked(folder.path, ['gone'])).rejects.toMatchObject({
      code: 'DUALVIP_RECORD_NOT_FOUND',
      exitCode: 64,
    });
  });
});
