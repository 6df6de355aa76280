import { formatMs } from '../../base/clock.ts';
import { printable } from '../printable.ts';
import { passRateText } from '../record/attempts.ts';
import { SUBJECTS, type ScenarioRecord } from '../record/record.ts';
import { APPEARANCE } from '../appearance.ts';
import { paintOf } from './appearance.ts';
import { pageOf } from './page.ts';

export interface ScenarioLineOptions {
  colors: boolean;
  /** Of the longest id of the run, so that lines that come one by one stand in columns. */
  idWidth?: number;
}

/** One line for a scenario that has just ended, for the progress of a run. No newline at its end. */
export function renderScenarioLine(record: ScenarioRecord, options: ScenarioLineOptions): string {
  const { id, verdict, attempt, timing } = printable(record);
  const rate = passRateText(record);
  const page = pageOf(options);
  const verdicts = SUBJECTS.map(
    (subject) => `${subject} ${paintOf(verdict[subject], page)(verdict[subject])}`,
  );
  return [
    `${paintOf(verdict.pair, page)(APPEARANCE[verdict.pair].mark)} ${id.padEnd(options.idWidth ?? 0)}`,
    ...verdicts,
    ...(rate === undefined ? (attempt > 1 ? [`attempt ${attempt}`] : []) : [rate]),
    page.colors.dim(formatMs(timing.wallMs)),
  ].join('  ');
}
