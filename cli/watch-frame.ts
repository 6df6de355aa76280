import { hostPort, type Family } from '../base/addresses.ts';
import { formatMs } from '../base/clock.ts';
import type { colorsFor } from '../base/colors.ts';
import type { StreamResult } from '../harness/probe/streams.ts';

type Recent = StreamResult['recent'];

/** One address that is watched, and what each look at it found, oldest first. */
export interface Watched {
  family: Family;
  stream: StreamResult;
  history: readonly Recent[];
}

export interface FrameOptions {
  /** Of the terminal. */
  columns: number;
  /** When it was looked, on the clock of the streams. */
  at: number;
  colors: ReturnType<typeof colorsFor>;
}

/** Up to so many milliseconds for the slowest answer of a cell, each a bar higher. */
const BARS: readonly (readonly [number, string])[] = [
  [1, '▁'],
  [2, '▂'],
  [5, '▃'],
  [10, '▄'],
  [50, '▅'],
  [200, '▆'],
  [Infinity, '▇'],
];

const INDENT = '      ';

/** Two lines for each address: how it is now and has been, and a strip of the last looks. */
export function watchFrame(all: readonly Watched[], options: FrameOptions): string[] {
  const targets = all.map(({ stream }) => hostPort(stream.address, stream.port));
  const width = Math.max(0, ...targets.map((target) => target.length));
  return all.flatMap(({ family, stream, history }, index) => {
    const { colors, at, columns } = options;
    const last = stream.gaps.at(-1);
    const isLost = last !== undefined && last.to === undefined;
    const text = isLost
      ? `${last.outcome} for ${formatMs(at - last.from)}`
      : stream.ok > 0
        ? 'ok'
        : 'no answer yet';
    const paint = isLost ? colors.red : stream.ok > 0 ? colors.green : colors.yellow;
    const head = [family, (targets[index] ?? '').padEnd(width)];
    const state = text.padEnd(18);
    const figures = figuresOf(stream, at);
    // A line that breaks would be two, and the next frame be drawn a line too low.
    while (figures.length > 0 && [...head, state, ...figures].join('  ').length >= columns) figures.pop();
    const facts = [...head, paint(state), ...figures].join('  ').trimEnd();
    const strip = history.slice(-Math.max(0, columns - INDENT.length - 1));
    return [facts, `${INDENT}${strip.map((one) => cell(one, colors)).join('')}`];
  });
}

function cell({ sent, ok, latency }: Recent, colors: FrameOptions['colors']): string {
  if (sent === 0) return ' ';
  if (ok === 0) return colors.red('✗');
  if (ok < sent) return colors.yellow('!');
  const max = latency?.max ?? 0;
  return colors.green(BARS.find(([upTo]) => max <= upTo)?.[1] ?? '▇');
}

/** Loss, latency and the longest outage, in words. */
function figuresOf(stream: StreamResult, at: number): string[] {
  const { sent, ok, latency } = stream;
  const lost = sent === 0 ? 0 : (100 * (sent - ok)) / sent;
  return [
    `lost ${lost.toFixed(2)} %`,
    ...(latency ? [`p50 ${latency.p50.toFixed(1)} ms`, `p99 ${latency.p99.toFixed(1)} ms`] : []),
    `longest outage ${formatMs(longestOutageMs(stream, at))}`,
  ];
}

/** The longest time for which attempts failed; until `at` where that is not over. */
export function longestOutageMs({ gaps }: Pick<StreamResult, 'gaps'>, at: number): number {
  return Math.max(0, ...gaps.map(({ from, to = at }) => to - from));
}

/** One line an address, at the end. */
export function watchSummary(family: Family, stream: StreamResult, at: number): string {
  const { sent, ok, gaps, moreGaps } = stream;
  const outages = gaps.length + moreGaps;
  return [
    `${family} ${hostPort(stream.address, stream.port)}: ${ok} of ${sent} answered`,
    ...figuresOf(stream, at),
    `${outages} ${outages === 1 ? 'outage' : 'outages'}`,
  ].join(', ');
}
