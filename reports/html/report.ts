import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { mergeRuns } from '../matrix/merge.ts';
import { implementationTitle } from '../record/implementation-name.ts';
import type { ScenarioRecord } from '../record/record.ts';
import { newsCounts } from '../sum.ts';
import type { Trend } from '../trends/trends.ts';
import { aboutSection } from './about.ts';
import { caseSection } from './case.ts';
import { Anchors } from './links.ts';
import { markup, verbatim, type Markup } from './markup.ts';
import { matrixSection, type Row } from './matrix.ts';
import { readable } from './readable.ts';
import type { Case, ReportedRun } from './reported-run.ts';
import { placeOf } from './run-place.ts';
import { header, newsSection } from './summary.ts';
import { timesSection } from './times.ts';
import { trendsSection } from './trends.ts';
import { isNews } from './verdict.ts';

const STYLE = readFileSync(path.join(import.meta.dirname, 'report.css'), 'utf8');
const SCRIPT = readFileSync(path.join(import.meta.dirname, 'report.js'), 'utf8');

/**
 * One page of one run, or of several side by side. Pure: the same records and evidence give the same page. It asks
 * for nothing else, and its policy lets nothing run or load but the style and the script that are in it.
 */
export function renderReport(given: readonly ReportedRun[]): string {
  const runs = given.map((run) => ({
    ...run,
    record: readable(run.record),
    damage: readable(run.damage),
    trend: readable(run.trend),
  }));
  const rows = rowsOf(runs);
  const cases = rows.flatMap((row) => row.cases.flatMap((one) => one ?? []));
  const times = timesSection(runs, cases);
  const trends = trendsSection(newestOfEach(runs.flatMap(({ trend }) => trend ?? [])));
  const news = newsSection(cases);
  return `${
    markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'">
<title>${titleOf(runs)}</title><style>${verbatim(STYLE)}</style></head>
<body><a class="skip" href="#main">To the verdicts</a>${header(runs)}
<nav aria-label="Sections">${news && markup`<a href="#news">Not as known</a> `}<a href="#scenarios">Scenarios</a> ${times && markup`<a href="#times">Times</a> `}${trends && markup`<a href="#trends">Trends</a> `}<a href="#cases">Cases</a> <a href="#about">About</a></nav>
<main id="main">${news}
${matrixSection(rows, runs)}
${times}${trends}
<section id="cases" aria-labelledby="cases-heading"><h2 id="cases-heading">Cases</h2>${cases.map(caseSection)}</section>
${aboutSection(runs)}</main>
<script>${verbatim(SCRIPT)}</script></body></html>`.text
  }\n`;
}

/** Of runs of the same, the newest has those before it in its trend. */
function newestOfEach(trends: readonly Trend[]): Trend[] {
  const newest = new Map<string, Trend>();
  for (const trend of trends) {
    const other = newest.get(trend.series);
    if (!other || lastOf(other) < lastOf(trend)) newest.set(trend.series, trend);
  }
  return [...newest.values()];
}

function lastOf({ runs }: Trend): string {
  return runs.at(-1)?.at ?? '';
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** What a tab shows of it: whether all is well comes first. */
function titleOf(runs: readonly ReportedRun[]): Markup {
  const { differing, unjudged } = newsCounts(runs.flatMap(({ record }) => record.scenarios));
  const sign = differing > 0 ? `✗ ${differing}` : unjudged > 0 ? `? ${unjudged}` : '✓';
  const subjects = [...new Set(runs.map(({ record }) => implementationTitle(record.implementation)))];
  return markup`${sign} ${subjects.join(', ')} · dualvip`;
}

/** How many entries of their clocks all cases have together: about 1.2 MB. */
const ENTRIES = 8_000;

/** A page of many cases must open at once: each then shows less. What is as known is never shown at length. */
function entriesOf({ verdict }: ScenarioRecord, cases: number): number {
  const most = isNews(verdict.pair) ? 600 : 80;
  return Math.min(most, Math.max(16, Math.floor(ENTRIES / cases)));
}

/** In the order and with the comparison of the matrix of runs. */
function rowsOf(runs: readonly ReportedRun[]): Row[] {
  const [first] = runs;
  if (!first) return [];
  const { id, startedAt, durationMs, command, harness } = first.record;
  const merged = mergeRuns(
    { id, startedAt, durationMs, command, harness },
    runs.map(({ record }) => ({ record, file: '' })),
  );
  const anchors = new Anchors();
  const all = runs.reduce((sum, { record }) => sum + record.scenarios.length, 0);
  return merged.rows.map((row) => ({
    id: row.id,
    differs: row.differs,
    cases: runs.map((run): Case | undefined => {
      const scenario = run.record.scenarios.find((one) => one.id === row.id);
      if (!scenario) return undefined;
      const place = placeOf(
        run.record,
        runs.map(({ record }) => record),
      );
      const entries = entriesOf(scenario, all);
      return { run, scenario, place, entries, anchor: anchors.of(`case-${row.id}`) };
    }),
  }));
}
