import { mkdtempDisposable, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import { monotonicMs } from '../base/clock.ts';
import { HarnessError } from '../base/errors.ts';
import { quantile, round } from '../base/statistics.ts';
import type { CommandContext } from '../cli/context.ts';
import { ensureBrowser } from '../e2e/browser.ts';
import { writeReport } from '../reports/html/report-file.ts';
import { readRunRecord, RECORD_FILE, REPORT_FILE } from '../reports/record-file.ts';
import type { RunRecord } from '../reports/record/record.ts';
import { historyEntry } from '../reports/trends/history-entry.ts';
import { readHistory } from '../reports/trends/history-file.ts';
import { writeLargeRun } from './report-record.ts';

const TURNS = 5;
const HISTORY = 'runs.jsonl';
const NIGHTS = 42;

/** A report of a large generated run: reading the record, making the page, and the first paint in a browser. */
export async function benchReport(
  { cases }: { cases: number },
  { progress, signal }: CommandContext,
): Promise<Record<string, unknown>> {
  const program = await ensureBrowser(progress, signal);
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-bench-report-'));
  await progress.step(`a run of ${cases} cases, and those before it`, async () => {
    const record = await writeLargeRun(folder.path, cases);
    await writeFile(path.join(folder.path, HISTORY), historyBefore(record));
  });
  const times: number[] = [];
  const processor: number[] = [];
  for (let turn = 1; turn <= TURNS; turn += 1) {
    const begin = monotonicMs();
    const used = process.cpuUsage();
    const record = await readRunRecord(path.join(folder.path, RECORD_FILE));
    const { entries } = await readHistory(path.join(folder.path, HISTORY));
    await writeReport(folder.path, record, entries);
    times.push(monotonicMs() - begin);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1000);
  }
  const page = path.join(folder.path, REPORT_FILE);
  const paints = await progress.step('first paint', () => firstPaints(pathToFileURL(page).href, program));
  return {
    bench: 'report',
    cases,
    ms: round(quantile(times, 0.5), 0),
    cpu_ms: round(quantile(processor, 0.5), 0),
    bytes: (await stat(page)).size,
    first_paint_ms: round(quantile(paints, 0.5), 0),
  };
}

/** One a night, as many as a page shows. */
function historyBefore(record: RunRecord): string {
  const entry = historyEntry(record);
  const newest = Date.parse(record.startedAt);
  const nights = Array.from({ length: NIGHTS }, (_, index) => {
    const startedAt = new Date(newest - (index + 1) * 86_400_000).toISOString();
    return JSON.stringify({ ...entry, id: `night-${index}`, startedAt });
  });
  return `${nights.join('\n')}\n`;
}

async function firstPaints(url: string, program: string): Promise<number[]> {
  const browser = await chromium.launch({
    executablePath: program,
    // Chromium's own sandbox does not start as root.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const paints: number[] = [];
    for (let turn = 1; turn <= TURNS; turn += 1) {
      const page = await browser.newPage();
      await page.goto(url);
      const paint = await page.evaluate<number | undefined>(
        'performance.getEntriesByName("first-contentful-paint")[0]?.startTime',
      );
      if (paint === undefined) {
        throw new HarnessError('DUALVIP_BENCH_NO_PAINT', `the browser told of no first paint of ${url}`);
      }
      paints.push(paint);
      await page.close();
    }
    return paints;
  } finally {
    await browser.close();
  }
}
