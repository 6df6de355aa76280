import { markup, type Markup } from './markup.ts';
import { grouped } from './quantity.ts';
import { linearScale, type Scale } from './scale.ts';

/**
 * Milliseconds across the width of a chart. Places are percentages, so that a chart is as wide as its page while
 * its text keeps its size.
 */
export interface Axis {
  /** As `12.5%`. */
  at: (ms: number) => string;
  /** A length as a percentage of the width. */
  width: (from: number, to: number) => string;
  /** 0 to 1. */
  share: (ms: number) => number;
  ticks: readonly number[];
}

export function axisOf(from: number, to: number): Axis {
  return axisWith(linearScale(from, to));
}

export function axisWith({ share, ticks }: Scale): Axis {
  return {
    share,
    at: (ms) => percent(share(ms)),
    width: (begin, end) => percent(Math.max(0, share(end) - share(begin))),
    ticks,
  };
}

/** As `12.5%`. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}

/** The line at the bottom, with its numbers below it. */
export function axisLine(axis: Axis, y: number): Markup {
  const ticks = axis.ticks.map((tick) => {
    const at = axis.at(tick);
    return markup`<line class="tick" x1="${at}" x2="${at}" y1="0" y2="${y + 4}"/><text x="${at}" y="${y + 18}" text-anchor="${anchorOf(axis.share(tick))}">${grouped(tick)}</text>`;
  });
  return markup`<g class="axis"><line x1="0" x2="100%" y1="${y}" y2="${y}"/>${ticks}</g>`;
}

/** Text at the edges must not run out of the chart. */
export function anchorOf(share: number): 'start' | 'middle' | 'end' {
  if (share < 0.08) return 'start';
  return share > 0.92 ? 'end' : 'middle';
}
