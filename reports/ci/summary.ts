import { FAMILIES } from '../../base/addresses.ts';
import { formatMs } from '../../base/clock.ts';
import { APPEARANCE } from '../appearance.ts';
import { whyOf } from '../first-failed.ts';
import { printable } from '../printable.ts';
import { implementationTitle } from '../record/implementation-name.ts';
import { VERDICTS, type RunRecord, type ScenarioRecord } from '../record/record.ts';
import { newsCounts, newsCountText, newsOf } from '../sum.ts';
import { failoverLines } from '../timeline/failovers.ts';
import { codeSpan, prose } from '../unreported/markdown.ts';

/** So much of others' text stands in a cell; the record has all of it. */
const CELL = 400;

/** The run as Markdown: what differs first, then every scenario. What others have written stays text. */
export function renderSummary(record: RunRecord): string {
  const run = printable(record);
  const news = newsOf(run);
  return `${[
    `### ${prose(headline(run, news.length))}`,
    prose(subject(run)),
    ...(run.interrupted === undefined ? [] : [`**The run did not end**: ${text(run.interrupted)}`]),
    counts(run),
    ...(news.length === 0 ? [] : ['#### Not as known', table(news)]),
    ...measured(run),
    details(run),
  ].join('\n\n')}\n`;
}

function headline({ implementation, scenarios, exitCode }: RunRecord, news: number): string {
  const title = implementationTitle(implementation);
  if (exitCode !== 0 && news === 0) return `! ${title}: the run did not come to its end`;
  const mark = exitCode === 0 ? '✓' : exitCode === 1 ? '✗' : '!';
  return `${mark} ${title}: ${newsCountText(newsCounts(scenarios), { among: ` of ${scenarios.length}` })}`;
}

function subject({ id, harness, cluster, durationMs, implementation: { mode } }: RunRecord): string {
  return [
    `run ${id}`,
    `mode ${mode}`,
    `topology ${cluster.topology}`,
    `Kubernetes ${cluster.kubernetes}`,
    `dualvip ${harness.version}`,
    formatMs(durationMs),
  ].join(' · ');
}

function counts({ scenarios }: RunRecord): string {
  const rows = VERDICTS.flatMap((verdict) => {
    const count = scenarios.filter((one) => one.verdict.pair === verdict).length;
    const { mark, meaning } = APPEARANCE[verdict];
    return count === 0 ? [] : [[codeSpan(mark), String(count), verdict, prose(meaning)]];
  });
  return markdown(['', '', 'verdict', 'meaning'], rows);
}

function table(scenarios: readonly ScenarioRecord[]): string {
  return markdown(
    ['', 'scenario', 'IPv4', 'IPv6', 'pair', 'why'],
    scenarios.map((scenario) => {
      const { id, title, verdict, deviation } = scenario;
      const upstream = verdict.pair === 'expected-fail' ? (deviation?.upstream ?? []) : [];
      const why = [text(whyOf(scenario) ?? ''), ...upstream.map(link)].join(' ').trim();
      return [
        codeSpan(APPEARANCE[verdict.pair].mark),
        `${code(id)}<br>${text(title)}`,
        verdict.IPv4,
        verdict.IPv6,
        verdict.pair,
        why,
      ];
    }),
  );
}

function measured({ scenarios, assignment = {} }: RunRecord): string[] {
  const assigned = FAMILIES.flatMap((family) => {
    const one = assignment[family];
    if (!one) return [];
    const [p50, p95, max] = [one.p50, one.p95, one.max].map((ms) => ms.toFixed(0));
    return [`- assigned, ${family}: p50 ${p50} ms, p95 ${p95} ms, max ${max} ms (${one.count})`];
  });
  const lost = scenarios.flatMap(({ id, observations }) =>
    failoverLines(observations).map((line) => `- ${code(id)}: ${text(line)}`),
  );
  const lines = [...assigned, ...lost];
  return lines.length === 0 ? [] : ['#### Measured', lines.join('\n')];
}

function details({ scenarios }: RunRecord): string {
  const summary = `<summary>All ${scenarios.length} scenarios</summary>`;
  return ['<details>', summary, '', table(scenarios), '', '</details>'].join('\n');
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Inside of a code span nothing is escaped but the bar, which would end the cell (GFM 4.10). */
function code(name: string): string {
  return codeSpan(cut(name)).replaceAll('|', String.raw`\|`);
}

function text(words: string): string {
  return prose(cut(words));
}

function cut(words: string): string {
  return words.length > CELL ? `${words.slice(0, CELL)}…` : words;
}

/** A link only where it is one and nothing else. */
function link(url: string): string {
  return /^https:\/\/[\w.~:/?#@!$&'()*+,;=%-]+$/.test(url) ? `<${url}>` : text(url);
}

/**
 * As much of a text as goes into so many bytes, in whole lines, and a line that says so.
 */
export function fitting(markdownText: string, bytes: number, rest: string): string {
  if (Buffer.byteLength(markdownText) <= bytes) return markdownText;
  const lines: string[] = [];
  let size = Buffer.byteLength(rest) + 2;
  for (const line of markdownText.split('\n')) {
    size += Buffer.byteLength(line) + 1;
    if (size > bytes) break;
    lines.push(line);
  }
  return `${lines.join('\n')}\n\n${rest}`;
}
