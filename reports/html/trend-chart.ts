import { percent } from './axis.ts';
import { markup, type Markup } from './markup.ts';
import type { Scale } from './scale.ts';

const TOP = 18;
const HEIGHT = 110;
const FOOT = 24;
/** For the numbers of the axis, as in report.css. */
const LEFT = 64;
const FROM = 0.01;
const TO = 0.99;
/** About how many numbers an axis of this height has room for. */
export const TREND_TICKS = 3;
/** Of the drawing that a line is stretched from. */
const WIDE = 1_000;

export interface TrendChartPoint {
  /** Of the run, from 0. */
  index: number;
  value: number;
  /** Up to which some of it was higher. */
  high?: number;
  /** What it says when it is pointed at. */
  title: string;
}

export interface TrendChartLine {
  kind: 'IPv4' | 'IPv6' | 'pair' | 'run';
  points: readonly TrendChartPoint[];
}

export interface TrendChartOptions {
  /** The whole of it, for who does not see it. */
  words: string;
  scale: Scale;
  /** A number of the axis, as text. */
  tick: (value: number) => string;
  lines: readonly TrendChartLine[];
  /** A day for each run, the oldest first. */
  days: readonly string[];
}

/** One measure over the runs, evenly spaced, the newest at the right. Each line has a form of point of its own. */
export function trendChart({ words, scale, tick, lines, days }: TrendChartOptions): Markup {
  const y = (value: number) => Number((TOP + (1 - scale.share(value)) * HEIGHT).toFixed(1));
  const grid = scale.ticks.map((value) => {
    const at = y(value);
    return markup`<line x1="${-LEFT}" x2="100%" y1="${at}" y2="${at}"/><text x="${-LEFT}" y="${at - 3}">${tick(value)}</text>`;
  });
  return markup`<svg class="chart trend" role="img" aria-label="${words}" width="100%" height="${TOP + HEIGHT + FOOT}">
<g class="axis">${grid}${dayTexts(days)}</g>${lines.map((line) => drawn(line, days.length, y))}
</svg>`;
}

function place(index: number, count: number): string {
  return percent(count < 2 ? TO : FROM + (index / (count - 1)) * (TO - FROM));
}

/** The first and the last day; one in the middle where there is room for it. */
function dayTexts(days: readonly string[]): Markup {
  const last = days.length - 1;
  const middle = Math.floor(last / 2);
  const shown = last > 3 ? [0, middle, last] : [0, last];
  return markup`${[...new Set(shown)].map((index) => {
    const anchor = index === 0 ? 'start' : index === last ? 'end' : 'middle';
    return markup`<text x="${place(index, days.length)}" y="${TOP + HEIGHT + 18}" text-anchor="${anchor}">${days[index] ?? ''}</text>`;
  })}`;
}

function drawn({ kind, points }: TrendChartLine, count: number, y: (value: number) => number): Markup {
  const marks = points.map(({ index, value, high, title }) => {
    const [x, at] = [place(index, count), y(value)];
    const upTo =
      high === undefined || y(high) >= at
        ? undefined
        : markup`<line class="high" x1="${x}" x2="${x}" y1="${y(high)}" y2="${at}"/>`;
    return markup`${upTo}${mark({ kind, x, y: at, title })}`;
  });
  // A little aside of one another: lines of the same values would be one.
  return markup`<g class="line ${kind}" transform="translate(${ASIDE[kind]})">${stretched(points, count, y)}${marks}</g>`;
}

const ASIDE: Readonly<Record<TrendChartLine['kind'], number>> = { IPv4: 0, IPv6: 3, pair: -3, run: 0 };

/** A path has no percentages: it is drawn on a width of its own and stretched, its stroke not. */
function stretched(
  points: readonly TrendChartPoint[],
  count: number,
  y: (value: number) => number,
): Markup | undefined {
  if (count < 2) return undefined;
  let path = '';
  for (const [at, { index, value }] of points.entries()) {
    // Where a run has measured nothing, nothing is drawn: the line is of what was seen.
    const command = points[at - 1]?.index === index - 1 ? 'L' : 'M';
    path += `${command}${Math.round((index / (count - 1)) * WIDE)} ${y(value)}`;
  }
  return markup`<svg x="${percent(FROM)}" y="0" width="${percent(TO - FROM)}" height="${TOP + HEIGHT}" viewBox="0 0 ${WIDE} ${TOP + HEIGHT}" preserveAspectRatio="none"><path d="${path}"/></svg>`;
}

/** A circle, a diamond, a square: told apart without their colours. */
function mark({ kind, x, y, title }: Mark): Markup {
  const shape = SHAPES[kind];
  const text = title !== undefined && markup`<title>${title}</title>`;
  return shape === undefined
    ? markup`<circle cx="${x}" cy="${y}" r="4">${text}</circle>`
    : markup`<svg class="point" x="${x}" y="${y}"><path d="${shape}">${text}</path></svg>`;
}

interface Mark {
  kind: TrendChartLine['kind'];
  x: string;
  y: number;
  title?: string;
}

const SHAPES: { readonly [kind in TrendChartLine['kind']]?: string } = {
  IPv6: 'M0-5 5 0 0 5-5 0Z',
  pair: 'M-3-3H3V3H-3Z',
};

/** What a line's points look like, beside its name. */
export function trendKey(kind: TrendChartLine['kind'], text: string): Markup {
  return markup`<li><svg class="key" aria-hidden="true" width="14" height="12"><g class="line ${kind}">${mark({ kind, x: '7', y: 6 })}</g></svg> ${text}`;
}
