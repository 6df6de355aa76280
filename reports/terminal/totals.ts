import { formatMs } from '../../base/clock.ts';
import { EXPECTED_VERDICTS, VERDICTS, type RunRecord } from '../record/record.ts';
import { APPEARANCE, paintOf } from './appearance.ts';
import { hanging, type Page } from './page.ts';

/** How many scenarios got each verdict and what the word means, for those that occur; then the sum of it. */
export function totals(record: RunRecord, page: Page): string[] {
  const { scenarios, implementation, interrupted } = record;
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
  const news = scenarios.filter(({ verdict }) => !EXPECTED_VERDICTS.has(verdict.pair)).length;
  const subject = `${implementation.name} ${implementation.version} (${implementation.mode})`;
  const sum = `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'} in ${formatMs(record.durationMs)}`;
  const verdict = `${news === 0 ? 'nothing differs' : `${news} ${news === 1 ? 'differs' : 'differ'}`} from what is known of ${subject}`;
  const paint = record.exitCode === 0 ? page.colors.green : page.colors.red;
  return [
    ...lines,
    ...hanging({ prefix: '', text: `${sum}: ${verdict}.`, paint }, page),
    ...(interrupted === undefined
      ? []
      : hanging({ prefix: '', text: `The run did not end: ${interrupted}`, paint }, page)),
  ];
}
