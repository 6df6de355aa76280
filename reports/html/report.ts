import { implementationTitle } from '../record/implementation-name.ts';
import { printable } from '../printable.ts';
import type { RunRecord } from '../record/record.ts';
import { markup } from './markup.ts';

/** One page of one run or of several side by side. Pure: the same records give the same page. */
export function renderReport(records: readonly RunRecord[]): string {
  const runs = printable([...records]);
  const title = runs.map(({ implementation }) => implementationTitle(implementation)).join(', ');
  const lists = runs.map(
    ({ scenarios }) =>
      markup`<ul>${scenarios.map(({ id, verdict }) => markup`<li>${id}: ${verdict.pair}`)}</ul>`,
  );
  return markup`<!doctype html><html lang="en"><meta charset="utf-8"><title>dualvip: ${title}</title>${lists}</html>`
    .text;
}
