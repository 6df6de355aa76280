import { formatMs } from '../../base/clock.ts';
import type { Family } from '../../base/addresses.ts';
import { assignmentMs } from '../record/assignment.ts';
import { passRateText } from '../record/attempts.ts';
import { EXPECTED_VERDICTS, type Observation, type ScenarioRecord, type Subject } from '../record/record.ts';
import { APPEARANCE, originOf } from '../appearance.ts';
import { knownInWords } from '../first-failed.ts';
import { paintOf } from './appearance.ts';
import { findingsOf } from '../timeline/findings.ts';
import { failoverLines } from '../timeline/failovers.ts';
import { hanging, type Page } from './page.ts';
import { layOut, type Cell, type Column } from './table.ts';
import { unassignedFamilies } from './unassigned.ts';

type ScenarioColumn = Column<ScenarioRecord>;

/** In place of an assignment time, so that `pass` of a claim that there is no address is not taken for one. */
const NONE = 'none';
const ASSIGNED = 'ASSIGNED';

/**
 * One row a scenario: what it stems from, its id, the verdict for each family and the pair, and times. Under a
 * refuted claim, what is known of it. A narrow terminal gets marks for words, then no
 * assignment times, then no claims.
 */
export function scenarioTable(scenarios: readonly ScenarioRecord[], page: Page): string[] {
  const layouts = layoutsOf(page).map((columns) => layOut(scenarios, columns, page));
  const table = layouts.find(({ width }) => width <= page.columns) ?? layouts.at(-1);
  if (!table) return [];
  const upstream = [...new Set(scenarios.flatMap(knownUpstream))];
  return [
    table.header,
    ...scenarios.flatMap((scenario, index) => [table.rows[index] ?? '', ...note(scenario, upstream, page)]),
    ...(table.header.includes(ASSIGNED) ? legend(scenarios, page) : []),
    ...upstream.map((url, index) => page.colors.dim(`   [${index + 1}] ${url}`)),
  ];
}

/** From the richest to the narrowest. */
function layoutsOf(page: Page): ScenarioColumn[][] {
  const mark: ScenarioColumn = {
    header: '',
    cell: ({ verdict }) => ({ text: APPEARANCE[verdict.pair].mark, paint: paintOf(verdict.pair, page) }),
  };
  const claim: ScenarioColumn = { header: 'CLAIM', cell: (scenario) => ({ text: originOf(scenario) }) };
  const claimOutcome: ScenarioColumn = {
    header: 'CLAIM',
    cell: (scenario) => {
      const { pair } = scenario.verdict;
      const origin = originOf(scenario);
      return { text: origin && `${origin} ${APPEARANCE[pair].claim}`, paint: paintOf(pair, page) };
    },
  };
  const id: ScenarioColumn = { header: 'SCENARIO', cell: (scenario) => ({ text: scenario.id }) };
  const word = (subject: Subject): ScenarioColumn => ({
    header: subject === 'pair' ? 'PAIR' : subject,
    cell: ({ verdict }) => ({ text: verdict[subject], paint: paintOf(verdict[subject], page) }),
  });
  const short = (family: Family): ScenarioColumn => ({
    header: family,
    cell: ({ verdict }) => ({
      text: APPEARANCE[verdict[family]].mark,
      paint: paintOf(verdict[family], page),
    }),
  });
  const assigned = (family: Family, header: string): ScenarioColumn => ({
    header,
    align: 'right',
    cell: ({ observations }) => assignment(family, observations, page),
  });
  const time: ScenarioColumn = {
    header: 'TIME',
    align: 'right',
    cell: ({ timing }) => ({ text: formatMs(timing.wallMs), paint: page.colors.dim }),
  };
  const assignments = [assigned('IPv4', `${ASSIGNED} v4`), assigned('IPv6', 'v6')];
  const words = [word('IPv4'), word('IPv6'), word('pair')];
  const marks = [short('IPv4'), short('IPv6'), word('pair')];
  return [
    [mark, claimOutcome, id, ...words, ...assignments, time],
    [mark, claim, id, ...marks, ...assignments, time],
    [mark, claim, id, ...marks, time],
    // A scenario's id begins with its claim or issue.
    [mark, id, ...marks, time],
  ];
}

function assignment(family: Family, observations: readonly Observation[], { colors }: Page): Cell {
  const ms = assignmentMs(observations)[family];
  if (ms !== undefined) return { text: formatMs(ms), paint: colors.dim };
  return { text: unassignedFamilies(observations).includes(family) ? NONE : '', paint: colors.dim };
}

function legend(scenarios: readonly ScenarioRecord[], page: Page): string[] {
  if (scenarios.every(({ observations }) => unassignedFamilies(observations).length === 0)) return [];
  const text = 'no address of that family was assigned, although the Service asked for it';
  return hanging({ prefix: `   ${NONE}: `, text, paint: page.colors.dim }, page);
}

/** The issues of a deviation that was seen: several scenarios often have the same, so they are listed once. */
function knownUpstream(scenario: ScenarioRecord): string[] {
  return (knownInWords(scenario) && scenario.deviation?.upstream) || [];
}

/** What a verdict that is no news needs said, so that a green row is not taken for a claim that holds; and outages. */
function note(scenario: ScenarioRecord, upstream: readonly string[], page: Page): string[] {
  const { verdict, reason } = scenario;
  const references = knownUpstream(scenario).map((url) => `[${upstream.indexOf(url) + 1}]`);
  const known = knownInWords(scenario);
  const text =
    known === undefined
      ? verdict.pair === 'unsupported'
        ? reason
        : undefined
      : `${known} ${references.join('') || '(not reported upstream yet)'}`;
  const rate = passRateText(scenario);
  const lines = [
    ...(text === undefined ? [] : [text]),
    ...(rate === undefined ? [] : [rate]),
    ...lacking(scenario),
    ...failoverLines(scenario.observations),
  ];
  return lines.flatMap((line) => hanging({ prefix: '   ', text: line, paint: page.colors.dim }, page));
}

/** Why a Service ended without an address that it asks for, in the words of the diagnosis. */
function lacking({ observations, verdict }: ScenarioRecord): string[] {
  // What is news is told in full below the table.
  if (!EXPECTED_VERDICTS.has(verdict.pair)) return [];
  return findingsOf(observations).map(({ service, findings }) => {
    const causes = findings.map(({ cause, family }) => (family ? `${cause} (${family})` : cause));
    return `${service}: ${causes.join(', ')}`;
  });
}
