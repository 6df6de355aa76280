import { FAMILIES } from '../../base/addresses.ts';
import { formatMs } from '../../base/clock.ts';
import { SUBJECTS } from '../record/record.ts';
import type { AsKnown, Trend, TrendLine, TrendPoint } from '../trends/trends.ts';
import { markup, type Markup } from './markup.ts';
import { counted, grouped, minuteText } from './quantity.ts';
import { linearScale, timesScale } from './scale.ts';
import {
  trendChart,
  trendKey,
  TREND_TICKS,
  type TrendChartLine,
  type TrendChartOptions,
} from './trend-chart.ts';

/** Each run among those of the same before it. */
export function trendsSection(trends: readonly Trend[]): Markup | undefined {
  if (trends.length === 0) return undefined;
  return markup`<section id="trends" aria-labelledby="trends-heading"><h2 id="trends-heading">Trends</h2>${trends.map(trendPart)}</section>`;
}

/** Of so many steps the outages are drawn: more than the catalogue has, and bounded. */
const STEPS = 20;

/** The charts of one series, and the same as a table. */
export function trendPart(trend: Trend): Markup {
  const { series, runs, lines } = trend;
  const measures = [...Map.groupBy(lines, ({ measure }) => measure)];
  const outages = measures.filter(([measure]) => measure !== 'assignment');
  return markup`<h3>${series}</h3><p class="note">${counted(runs.length, 'run')} of the history, the newest at the right.</p>
<div class="trends">${asKnownFigure(trend)}${durationFigure(trend)}${measures
    .filter(([measure]) => measure === 'assignment')
    .map(([, own]) => timesFigure('Until an address was assigned', own, trend))}</div>
${
  outages.length > 0 &&
  markup`<details class="more"${outages.length <= 4 && markup` open`}><summary>Without an answer, after a fault: ${counted(outages.length, 'step')}</summary><div class="trends">${outages
    .slice(0, STEPS)
    .map(([measure, own]) => timesFigure(measure.replace(/^outage /, ''), own, trend))}</div>${
    outages.length > STEPS &&
    markup`<p class="note">${counted(outages.length - STEPS, 'more step')}: dualvip report history --json has them.</p>`
  }</details>`
}
<details class="more"><summary>The runs as a table</summary>${runTable(trend)}</details>`;
}

interface Figure extends Omit<TrendChartOptions, 'words' | 'days'> {
  title: string;
  /** What each line came to, in the order of the lines. */
  texts: readonly string[];
}

function figure({ title, texts, ...chart }: Figure, { runs }: Trend): Markup {
  const words = `${title}, ${counted(runs.length, 'run')}. ${texts.join('; ')}`;
  const days = runs.map(({ at }) => at.slice(0, 10));
  const keys = chart.lines.map(({ kind }, index) => trendKey(kind, texts[index] ?? ''));
  return markup`<figure><figcaption><b>${title}</b>${chart.scale.isLogarithmic && ' (logarithmic)'}<ul class="keys">${keys}</ul></figcaption>
${trendChart({ words, days, ...chart })}</figure>`;
}

function asKnownFigure(trend: Trend): Markup {
  const lines = SUBJECTS.map((kind): TrendChartLine => ({
    kind,
    points: trend.runs.flatMap(({ at, asKnown }, index) =>
      asKnown[kind].of === 0
        ? []
        : [
            {
              index,
              value: rateOf(asKnown[kind]),
              title: `${minuteText(at)}: ${kind} ${asKnownText(asKnown[kind])}`,
            },
          ],
    ),
  })).filter(({ points }) => points.length > 0);
  const lowest = Math.min(...lines.flatMap(({ points }) => points.map(({ value }) => value)));
  // What is seldom red is not to be a line at the top of nothing.
  const scale = linearScale(lowest >= 90 ? 90 : lowest >= 50 ? 50 : 0, 100, TREND_TICKS);
  const texts = lines.map(({ kind }) => {
    const newest = trend.runs.at(-1)?.asKnown;
    return `${kind}: ${newest && kind !== 'run' ? asKnownText(newest[kind]) : 'none'} in the newest`;
  });
  return figure(
    { title: 'As known, of the scenarios that ran', texts, scale, tick: (value) => `${value} %`, lines },
    trend,
  );
}

function rateOf({ green, of }: AsKnown): number {
  return (100 * green) / of;
}

function asKnownText(one: AsKnown): string {
  return `${one.green} of ${one.of}${one.of === 0 ? '' : `, ${Number(rateOf(one).toFixed(1))} %`}`;
}

function durationFigure(trend: Trend): Markup {
  const { runs } = trend;
  const points = runs.map(({ at, durationMs, green, red }, index) => ({
    index,
    value: durationMs,
    title: `${minuteText(at)}: ${formatMs(durationMs)}, ${counted(green + red, 'scenario')}`,
  }));
  const minutes = linearScale(0, Math.max(...points.map(({ value }) => value)) / 60_000, TREND_TICKS);
  const scale = {
    ...minutes,
    ticks: minutes.ticks.map((tick) => tick * 60_000),
    share: (ms: number) => minutes.share(ms / 60_000),
  };
  const newest = runs.at(-1);
  const text = newest
    ? `${formatMs(newest.durationMs)} for ${counted(newest.green + newest.red, 'scenario')} in the newest`
    : '';
  return figure(
    {
      ...{ title: 'Duration of a run', texts: [text], scale, lines: [{ kind: 'run', points }] },
      tick: (ms) => `${Number((ms / 60_000).toFixed(1))} min`,
    },
    trend,
  );
}

/** The median of each family in each run, and a line from it to the 95th percentile. */
function timesFigure(title: string, lines: readonly TrendLine[], trend: Trend): Markup {
  const at = new Map(trend.runs.map(({ run }, index) => [run, index]));
  const drawn = lines.map(({ family, points }): TrendChartLine => ({
    kind: family,
    points: points.map((point) => ({
      index: at.get(point.run) ?? 0,
      value: point.p50,
      high: point.p95,
      title: `${minuteText(point.at)}: ${family} ${timesText(point)}`,
    })),
  }));
  const scale = timesScale(
    lines.flatMap(({ points }) => points.flatMap(({ p50, p95 }) => [p50, p95])),
    TREND_TICKS,
  );
  const texts = lines.map(({ family, points }) => {
    const newest = points.at(-1);
    const isNewest = newest?.run === trend.runs.at(-1)?.run;
    return `${family}: ${newest ? timesText(newest) : 'none'} in ${isNewest ? 'the newest' : (newest?.run ?? 'none')}`;
  });
  return figure({ title, texts, scale, lines: drawn, tick: (ms) => `${grouped(ms)} ms` }, trend);
}

function timesText({ p50, p95, count }: TrendPoint): string {
  const median = `p50 ${grouped(p50)} ms`;
  return count === 1
    ? `${grouped(p50)} ms`
    : `${median}, p95 ${grouped(p95)} ms of ${counted(count, 'value')}`;
}

function runTable({ runs, lines }: Trend): Markup {
  const assigned = FAMILIES.map((family) => {
    const own = lines.find((line) => line.measure === 'assignment' && line.family === family);
    return new Map(own?.points.map((point) => [point.run, point]));
  });
  const heads = ['Run', 'Began', ...SUBJECTS, 'Took', ...FAMILIES.map((family) => `${family} assigned, p50`)];
  const rows = runs.toReversed().map(({ run, at, asKnown, durationMs }) => {
    const cells = [
      minuteText(at),
      ...SUBJECTS.map((subject) => `${asKnown[subject].green} of ${asKnown[subject].of}`),
      formatMs(durationMs),
      ...assigned.map((points) => {
        const point = points.get(run);
        return point ? `${grouped(point.p50)} ms` : '';
      }),
    ];
    return markup`<tr><th scope="row">${run}${cells.map((cell) => markup`<td>${cell}`)}`;
  });
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="Table of runs"><table><thead><tr>${heads.map((head) => markup`<th scope="col">${head}`)}<tbody>${rows}</table></div>`;
}
