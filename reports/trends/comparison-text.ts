import { isUnjudged } from '../sum.ts';
import type { BudgetResult } from './budgets.ts';
import type { Changed, Comparison, MeasureChange } from './comparison.ts';
import type { Flaky } from './flakiness.ts';
import type { Rate } from './rate.ts';

/** A comparison for a terminal: what is worse first. */
export function comparisonText(comparison: Comparison, flaky: readonly Flaky[] = []): string {
  const { before, after, broken, fixed, changed, stillRed, added, removed, red, measures } = comparison;
  const flakyIds = new Map(flaky.map((one) => [one.scenario, one]));
  const line = ({ scenario, before: was, after: is }: Changed) => {
    const known = flakyIds.get(scenario);
    return `  ${scenario}: ${was} → ${is}${known ? `; flaky: ${rateText(known.red)}` : ''}`;
  };
  const notable = measures.filter(({ change }) => change === 'slower' || change === 'faster');
  const sections = [
    section('new failures', broken.filter((one) => !isUnjudged(one.after)).map(line)),
    section('as known before, and not judged now', broken.filter((one) => isUnjudged(one.after)).map(line)),
    section('fixed', fixed.map(line)),
    section('still not as known', stillRed.map(line)),
    section('other verdicts', changed.map(line)),
    section('slower or faster', notable.map(measureText)),
    section(
      'no longer run',
      removed.map(({ scenario, verdict }) => `  ${scenario}: was ${verdict}`),
    ),
    section(
      'not run before',
      added.map(({ scenario, verdict }) => `  ${scenario}: ${verdict}`),
    ),
    section('measured', measures.filter((one) => !notable.includes(one)).map(measureText)),
  ].flat();
  const nothing =
    broken.length + fixed.length + changed.length + added.length + removed.length + notable.length === 0;
  const counts = `not as known: ${red.before} → ${red.after}, ${red.new} of them new`;
  return [`${before} → ${after}`, counts, ...(nothing ? ['nothing is different'] : []), ...sections].join(
    '\n',
  );
}

export function measureText({ measure, family, before, after, ratio, p, change }: MeasureChange): string {
  const values = `p50 ${ms(before.p50)} → ${ms(after.p50)}`;
  const sizes = `${before.count} and ${after.count} values`;
  const verdict =
    change === 'too few' ? 'too few to tell' : `${change}, p = ${p < 0.001 ? '<0.001' : p.toFixed(3)}`;
  return `  ${measure} ${family}: ${values} (×${Number.isFinite(ratio) ? ratio.toFixed(2) : '∞'}; ${sizes}; ${verdict})`;
}

/** `3 of 20 red, 15 % (5 to 36 %)` */
export function rateText({ count, of, rate, low, high }: Rate): string {
  return `${count} of ${of} red, ${percent(rate)} % (${percent(low)} to ${percent(high)} %)`;
}

export function flakyText({ scenario, red, changes, now, since }: Flaky): string {
  const once = changes === 1 ? `, ${now} since ${since}` : '';
  return `  ${scenario}: ${rateText(red)}${once}`;
}

export function budgetText({ measure, limitMs, ms: measured, exceeded }: BudgetResult): string {
  const what = measured === undefined ? 'not measured' : ms(measured);
  return `  ${exceeded ? '✗' : '✓'} ${measure}: ${what}, limit ${ms(limitMs)}`;
}

function ms(value: number): string {
  return `${Number(value.toFixed(1)).toLocaleString('en')} ms`;
}

function percent(share: number): number {
  return Math.round(share * 100);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title} (${lines.length})`, ...lines];
}
