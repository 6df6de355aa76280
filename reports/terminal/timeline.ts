import type { ScenarioRecord } from '../record/record.ts';
import { timelineEntries } from '../timeline/entries.ts';
import { hanging, type Page } from './page.ts';

/** What was seen, a line an entry. */
export function timeline({ observations, startedAt }: ScenarioRecord, page: Page): string[] {
  const entries = timelineEntries(observations);
  const times = entries.map(({ at }) => String(Math.round(at - startedAt)));
  const timeWidth = Math.max(0, ...times.map((time) => time.length));
  const labelWidth = Math.max(0, ...entries.map(({ label }) => label.length));
  return entries.flatMap(({ label, text, alarming }, index) => {
    const time = page.colors.dim((times[index] ?? '').padStart(timeWidth));
    const prefix = `    ${time}  ${label.padEnd(labelWidth)}  `;
    return hanging({ prefix, text, ...(alarming ? { paint: page.colors.yellow } : {}) }, page);
  });
}
