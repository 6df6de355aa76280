import { FAMILIES } from '../../base/addresses.ts';
import { formatMs } from '../../base/clock.ts';
import { APPEARANCE, originOf } from '../appearance.ts';
import { versionAndMode } from '../record/implementation-name.ts';
import { VERDICTS, type Subject } from '../record/record.ts';
import { markup, type Markup } from './markup.ts';
import type { Case, ReportedRun } from './reported-run.ts';
import { whenOf } from './run-place.ts';
import { verdictText } from './verdict.ts';

/** One scenario: a case of each run, none where it did not run there. */
export interface Row {
  id: string;
  differs: boolean;
  cases: (Case | undefined)[];
}

const SUBJECT_NAMES: readonly (readonly [Subject, string])[] = [
  ...FAMILIES.map((family) => [family, family] as const),
  ['pair', 'pair'],
];

/** Scenarios × runs, with the verdicts of each family and of the pair, and what narrows it down. */
export function matrixSection(rows: readonly Row[], runs: readonly ReportedRun[]): Markup {
  const isAlone = runs.length === 1;
  return markup`<section id="scenarios" aria-labelledby="scenarios-heading"><h2 id="scenarios-heading">Scenarios</h2>
${filter(rows, isAlone)}
<div class="scroll" role="region" tabindex="0" aria-label="Table of verdicts"><table class="matrix ${isAlone ? 'alone' : 'several'}">
<caption class="hidden">Verdicts of each scenario for IPv4, IPv6 and the pair${isAlone ? '' : ', by run'}</caption>
<thead>${isAlone ? headOfOne() : headOfSeveral(runs)}</thead>
<tbody>${rows.map((row) => rowMarkup(row, isAlone))}</tbody></table></div>
<p id="nothing" hidden>No scenario is like that.</p></section>`;
}

/** The script shows it: without one, it would do nothing. */
function filter(rows: readonly Row[], isAlone: boolean): Markup {
  const verdicts = rows.flatMap(({ cases }) => cases.flatMap((one) => one?.scenario.verdict.pair ?? []));
  const counts = VERDICTS.map(
    (verdict) => [verdict, verdicts.filter((one) => one === verdict).length] as const,
  );
  const boxes = counts
    .filter(([, count]) => count > 0)
    .map(
      ([verdict, count]) =>
        markup`<label><input type="checkbox" name="verdict" value="${verdict}" checked> ${APPEARANCE[verdict].mark} ${verdict} ${count}</label>`,
    );
  return markup`<form id="filter" role="search" hidden><label class="search">Search <input type="search" name="text" autocomplete="off"></label>
<fieldset><legend>Verdict</legend>${boxes}</fieldset>${!isAlone && markup`<label><input type="checkbox" name="differs"> only where runs differ</label>`}
<p id="shown" role="status"></p></form>`;
}

function headOfOne(): Markup {
  return markup`<tr><th scope="col">Scenario${SUBJECT_NAMES.map(([, name]) => markup`<th scope="col">${name}`)}<th scope="col" class="wide">Time</tr>`;
}

function headOfSeveral(runs: readonly ReportedRun[]): Markup {
  const groups = runs.map(({ record }) => {
    const { implementation, cluster } = record;
    const when = whenOf(
      record,
      runs.map((run) => run.record),
    );
    return markup`<th scope="colgroup" colspan="3">${implementation.name} ${versionAndMode(implementation)}<br><small>${cluster.topology} · ${inOnePiece(when)}</small>`;
  });
  const subjects = runs.map(() =>
    SUBJECT_NAMES.map(([, name]) => markup`<th scope="col">${name.replace('IP', '')}`),
  );
  return markup`<tr><th scope="col" rowspan="2">Scenario${groups}</tr><tr>${subjects}</tr>`;
}

/** Day and time on lines of their own rather than broken at a hyphen. */
function inOnePiece(when: string): Markup {
  const [day, ...time] = when.split(' ');
  return markup`<span class="piece">${day}</span>${time.length > 0 && markup` <span class="piece">${time.join(' ')}</span>`}`;
}

function rowMarkup({ id, differs, cases }: Row, isAlone: boolean): Markup {
  const present = cases.flatMap((one) => one ?? []);
  const [first] = present;
  if (!first) return markup``;
  const { scenario, anchor } = first;
  const verdicts = [...new Set(present.map((one) => one.scenario.verdict.pair))].join(' ');
  const origin = originOf(scenario);
  const head = markup`<th scope="row"><a href="#${anchor}">${id}</a> <span class="origin">${origin}</span><span class="title">${scenario.title}</span>`;
  const cells = cases.map((one) => {
    if (!one)
      return SUBJECT_NAMES.map(
        () => markup`<td><span class="hidden">not run</span><span aria-hidden="true">·</span>`,
      );
    const { verdict } = one.scenario;
    return SUBJECT_NAMES.map(([subject]) => {
      const text = verdictText(verdict[subject]);
      const cell = isAlone || subject !== 'pair' ? text : markup`<a href="#${one.anchor}">${text}</a>`;
      return markup`<td class="on-${verdict[subject]}">${cell}`;
    });
  });
  const time = isAlone && markup`<td class="wide time">${formatMs(scenario.timing.wallMs)}`;
  return markup`<tr data-v="${verdicts}"${differs && markup` data-differs`}>${head}${cells}${time}</tr>
`;
}
