import { APPEARANCE } from '../appearance.ts';
import { VERDICTS, type RunRecord } from '../record/record.ts';
import { sumOf } from '../sum.ts';
import { paintOf } from './appearance.ts';
import { hanging, type Page } from './page.ts';

/** How many scenarios got each verdict and what the word means, for those that occur; then the sum of it. */
export function totals(record: RunRecord, page: Page): string[] {
  const { scenarios, interrupted } = record;
  const counts = Map.groupBy(scenarios, ({ verdict }) => verdict.pair);
  const present = VERDICTS.filter((verdict) => counts.has(verdict));
  const width = Math.max(0, ...present.map((verdict) => verdict.length));
  const digits = String(scenarios.length).length;
  const lines = present.flatMap((verdict) => {
    const { mark, meaning } = APPEARANCE[verdict];
    const count = String(counts.get(verdict)?.length ?? 0).padStart(digits);
    const label = paintOf(verdict, page)(`${mark} ${count} ${verdict}`);
    const space = ' '.repeat(width - verdict.length + 2);
    return hanging({ prefix: `${label}${space}`, text: meaning, paint: page.colors.dim }, page);
  });
  const paint = record.exitCode === 0 ? page.colors.green : page.colors.red;
  return [
    ...lines,
    ...hanging({ prefix: '', text: sumOf(record), paint }, page),
    ...(interrupted === undefined
      ? []
      : hanging({ prefix: '', text: `The run did not end: ${interrupted}`, paint }, page)),
  ];
}
