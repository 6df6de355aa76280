import { APPEARANCE } from '../appearance.ts';
import { EXPECTED_VERDICTS, type Verdict } from '../record/record.ts';
import { markup, type Markup } from './markup.ts';

/** Mark and word: never the colour alone. On a narrow page the word is for screen readers only. */
export function verdictText(verdict: Verdict): Markup {
  return markup`<span class="v ${verdict}"><b aria-hidden="true">${APPEARANCE[verdict].mark}</b> <span class="word">${verdict}</span></span>`;
}

export function isNews(verdict: Verdict): boolean {
  return !EXPECTED_VERDICTS.has(verdict);
}
