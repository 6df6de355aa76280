import { create } from 'xmlbuilder2';

import { printable } from '../printable.ts';
import { implementationTitle } from '../record/implementation-name.ts';
import type { RunRecord } from '../record/record.ts';
import { newsCounts } from '../sum.ts';

/** White on each of them is readable (WCAG 2.2, 1.4.3: 4.5 to 1). */
const COLORS = { label: '#444c56', good: '#1a7f37', bad: '#c62828', broken: '#7a5200' } as const;

/** About what a character of 11 px Verdana takes; `textLength` makes it exactly that in every font. */
const CHARACTER = 6.6;
const PADDING = 8;
const HEIGHT = 20;

/** The run as a badge: what was tested, and whether anything differs from what is known. */
export function renderBadge(record: RunRecord): string {
  const run = printable(record);
  const label = implementationTitle(run.implementation);
  const { text, color } = messageOf(run);
  const [left, right] = [widthOf(label), widthOf(text)];
  const title = `${label}: ${text}`;
  const svg = create().ele('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width: left + right,
    height: HEIGHT,
    role: 'img',
    'aria-label': title,
  });
  svg.ele('title').txt(title);
  svg.ele('rect', { width: left + right, height: HEIGHT, rx: 3, fill: COLORS.label });
  // Square on its left, where it meets the label.
  svg.ele('path', { d: `M${left} 0h${right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H${left}z`, fill: color });
  const group = svg.ele('g', {
    fill: '#fff',
    'font-family': 'Verdana,DejaVu Sans,sans-serif',
    'font-size': 11,
    'text-anchor': 'middle',
  });
  for (const [words, from, width] of [
    [label, 0, left],
    [text, left, right],
  ] as const) {
    group
      .ele('text', {
        x: from + width / 2,
        y: 14,
        textLength: width - 2 * PADDING,
        lengthAdjust: 'spacingAndGlyphs',
      })
      .txt(words);
  }
  return `${svg.end({ headless: true })}\n`;
}

function messageOf({ scenarios, interrupted, exitCode }: RunRecord): { text: string; color: string } {
  if (interrupted !== undefined) return { text: 'interrupted', color: COLORS.broken };
  const count = (verdict: string) => scenarios.filter((one) => one.verdict.pair === verdict).length;
  if (exitCode === 0) {
    const known = count('expected-fail');
    return { text: `${count('pass')} pass${known === 0 ? '' : `, ${known} known`}`, color: COLORS.good };
  }
  const [broken, open] = [count('error'), count('inconclusive')];
  const { differing } = newsCounts(scenarios);
  const parts = [
    ...(differing === 0 ? [] : [`${differing} of ${scenarios.length} differ`]),
    ...(open === 0 ? [] : [`${open} inconclusive`]),
    ...(broken === 0 ? [] : [`${broken} ${broken === 1 ? 'error' : 'errors'}`]),
  ];
  return { text: parts.join(', ') || 'failed', color: differing > 0 ? COLORS.bad : COLORS.broken };
}

function widthOf(text: string): number {
  return Math.ceil(text.length * CHARACTER) + 2 * PADDING;
}
