import { APPEARANCE } from '../appearance.ts';
import type { Verdict } from '../record/record.ts';
import type { Page, Paint } from './page.ts';

export function paintOf(verdict: Verdict, { colors }: Page): Paint {
  return colors[APPEARANCE[verdict].color];
}
