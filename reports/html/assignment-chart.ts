import { FAMILIES } from '../../base/addresses.ts';
import { quantile } from '../../base/statistics.ts';
import { measuredAlone } from '../record/alone.ts';
import { assignmentWaits } from '../record/assignment.ts';
import type { RunRecord } from '../record/record.ts';
import { anchorOf, axisLine, axisWith, type Axis } from './axis.ts';
import { markup, type Markup } from './markup.ts';
import { counted, grouped } from './quantity.ts';
import { timesScale } from './scale.ts';

const LANE = 62;
const FOOT = 26;
/** Dots that are closer than this share of the width are one. */
const GRAIN = 1 / 200;

interface Lane {
  name: string;
  values: number[];
}

/** How long Services waited for their addresses, by family: a dot for each, with median and 95th percentile. */
export function assignmentChart(run: RunRecord): Markup | undefined {
  const lanes = lanesOf(run);
  if (lanes.length === 0) return undefined;
  const scale = timesScale(lanes.flatMap(({ values }) => values));
  const axis = axisWith(scale);
  const bottom = lanes.length * LANE;
  const words = lanes.map(inWords).join('; ');
  return markup`<figure><figcaption>${words}${scale.isLogarithmic && '. The axis is logarithmic'}</figcaption>
<svg class="chart" role="img" aria-label="Milliseconds until an address was assigned. ${words}" width="100%" height="${bottom + FOOT}">
${axisLine(axis, bottom)}${lanes.map((lane, index) => drawn(lane, axis, index * LANE))}
</svg></figure>`;
}

function lanesOf({ scenarios }: RunRecord): Lane[] {
  const waits = measuredAlone(scenarios).flatMap(({ observations }) => assignmentWaits(observations));
  return FAMILIES.map((family) => ({
    name: family as string,
    values: waits.flatMap((one) => one[family] ?? []),
  })).filter(({ values }) => values.length > 0);
}

function inWords({ name, values }: Lane): string {
  const [p50 = 0, p95 = 0] = [0.5, 0.95].map((share) => quantile(values, share));
  return `${name}: median ${grouped(p50)} ms, p95 ${grouped(p95)} ms, longest ${grouped(Math.max(...values))} ms, of ${counted(values.length, 'Service')}`;
}

function drawn({ name, values }: Lane, axis: Axis, y: number): Markup {
  const groups = Map.groupBy(values, (value) => Math.round(axis.share(value) / GRAIN));
  const dots = [...groups.values()].map((group) => {
    const [first = 0] = group;
    const radius = Math.min(9, 3 + Math.sqrt(group.length));
    return markup`<circle cx="${axis.at(first)}" cy="${y + 44}" r="${radius.toFixed(1)}"><title>${grouped(first)} ms: ${counted(group.length, 'Service')}</title></circle>`;
  });
  const lines = (
    [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const
  ).map(([label, share], index) => {
    const value = quantile(values, share);
    const x = axis.at(value);
    return markup`<line class="quantile" x1="${x}" x2="${x}" y1="${y + 34}" y2="${y + 54}"/><text x="${x}" y="${y + (index === 0 ? 30 : 16)}" text-anchor="${anchorOf(axis.share(value))}">${label} ${grouped(value)}</text>`;
  });
  return markup`<g class="dots ${name}"><text class="name" x="0" y="${y + 14}">${name}</text>${dots}${lines}</g>`;
}
