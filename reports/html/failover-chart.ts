import { describeOutage } from '../record/outage-text.ts';
import type { Milestone, Outage } from '../record/outage.ts';
import type { Observation, StreamObservation, WindowObservation } from '../record/record.ts';
import { milestonesOf, streamsOf, type Failover } from '../record/outages.ts';
import { axisLine, axisOf, type Axis } from './axis.ts';
import { markup, type Markup } from './markup.ts';
import { grouped } from './quantity.ts';

const ROW = 22;
const LANE = 40;
const FOOT = 26;

const LANES = ['new', 'held', 'udp', 'control'] as const;
const LANE_NAMES: Readonly<Record<StreamObservation['stream'], string>> = {
  new: 'new connections',
  held: 'the connection that was held',
  udp: 'UDP datagrams',
  control: 'control: a container beside the nodes',
};

/** What one step has cost each address of a Service, drawn on the clock of that step: one chart a family. */
export function failoverCharts(failover: Failover, observations: readonly Observation[]): Markup[] {
  return failover.outages.map((outage) => chart(outage, failover, observations));
}

function chart(outage: Outage, { window, service }: Failover, observations: readonly Observation[]): Markup {
  const streams = streamsOf(window, observations).filter(
    ({ stream, family, address }) =>
      family === outage.family && (stream === 'control' || address === outage.address),
  );
  const axis = axisOf(...domainOf(outage, { window, streams }));
  const marks = marksOf(outage, { window, service, observations });
  const lanes = LANES.flatMap((name) => streams.find(({ stream }) => stream === name) ?? []);
  const top = marks.length * ROW + 6;
  const bottom = top + lanes.length * LANE;
  const words = `${outage.family} ${outage.address} after ${window.after}: ${describeOutage(outage)}`;
  return markup`<figure><figcaption><b>${outage.family}</b> <code>${outage.address}</code> ${describeOutage(outage)}</figcaption>
<svg class="chart" role="img" aria-label="${words}" width="100%" height="${bottom + FOOT}">
${axisLine(axis, bottom)}
${marks.map((mark, index) => markLine(mark, { axis, y: index * ROW, bottom }))}
${lanes.map((stream, index) => lane(stream, { axis, window, y: top + index * LANE }))}
</svg></figure>`;
}

/** From a little before the step to a little after all is well again, or to the window's end. */
function domainOf(
  outage: Outage,
  { window, streams }: { window: WindowObservation; streams: readonly StreamObservation[] },
): [from: number, to: number] {
  const length = window.endedAt - window.at;
  const ends = streams.flatMap(({ gaps, breaks = [] }) => [
    ...gaps.map(({ to }) => (to ?? window.endedAt) - window.at),
    ...breaks.map(({ at }) => at - window.at),
  ]);
  const { electedAfter = 0, announcedAfter = 0, answeredAfter = 0 } = outage;
  const last = Math.max(...ends.filter((end) => end <= length), electedAfter, announcedAfter, answeredAfter);
  const to = Math.min(length, last * 1.15 + 100);
  return [-to * 0.04, to];
}

interface Mark {
  at: number;
  text: string;
  kind: 'cause' | 'elected' | 'announced' | 'answered';
}

/** The step itself, the first of each milestone with how many there were, and the first answer. */
function marksOf(
  outage: Outage,
  {
    window,
    service,
    observations,
  }: { window: WindowObservation; service: string; observations: readonly Observation[] },
): Mark[] {
  const { family, address, lostAfter } = outage;
  const seen = milestonesOf({ service, family, address, window, lostAfter }, observations);
  return [
    { at: 0, text: window.cause, kind: 'cause' },
    ...milestone('elected', seen, window),
    ...milestone('announced', seen, window),
    ...(outage.answeredAfter === undefined
      ? []
      : [{ at: outage.answeredAfter, text: 'answered again', kind: 'answered' as const }]),
  ];
}

function milestone(part: Milestone['part'], seen: readonly Milestone[], window: WindowObservation): Mark[] {
  const own = seen.filter((one) => one.part === part);
  const [first] = own;
  if (!first) return [];
  const who = first.node === undefined ? '' : ` ${first.node}`;
  const times = own.length === 1 ? '' : `, the first of ${own.length}`;
  return [{ at: first.at - window.at, text: `${part}${who}${times}`, kind: part }];
}

/** A line through all lanes, and its text in a row of its own, on the side where there is room. */
function markLine(
  { at, text, kind }: Mark,
  { axis, y, bottom }: { axis: Axis; y: number; bottom: number },
): Markup {
  const x = axis.at(at);
  const isLate = axis.share(at) > 0.5;
  const label = `${text} · ${grouped(at)} ms`;
  return markup`<g class="mark ${kind}"><line x1="${x}" x2="${x}" y1="${y + 4}" y2="${bottom}"/><circle cx="${x}" cy="${y + 10}" r="4"/><text x="${x}" dx="${isLate ? -9 : 9}" y="${y + 14}" text-anchor="${isLate ? 'end' : 'start'}">${label}</text></g>`;
}

/** One stream: a line while it was answered, a bar while it was not, and at the bar's ends how sure they are. */
function lane(
  stream: StreamObservation,
  { axis, window, y }: { axis: Axis; window: WindowObservation; y: number },
): Markup {
  const end = Math.min(stream.endedAt, window.endedAt) - window.at;
  const gaps = stream.gaps.filter(({ from, to = Infinity }) => from < window.endedAt && to > window.at);
  const bars = gaps.map(({ from, to, after, until, count, outcome }) => {
    const begin = from - window.at;
    const ended = to === undefined ? end : to - window.at;
    const sure = [
      whisker(axis, { from: after === undefined ? begin : after - window.at, to: begin, y: y + 27 }),
      to === undefined ? undefined : whisker(axis, { from: until - window.at, to: ended, y: y + 27 }),
    ];
    return markup`<g class="gap"><title>no answer from ${grouped(begin)} to ${to === undefined ? 'the end' : `${grouped(ended)} ms`}: ${count} failed, ${outcome}</title><rect x="${axis.at(begin)}" width="${axis.width(begin, ended)}" y="${y + 21}" height="12"/>${sure}</g>`;
  });
  const breaks = (stream.breaks ?? [])
    .filter(({ at }) => at >= window.at && at < window.endedAt)
    .map(({ at, outcome }) => {
      const x = axis.at(at - window.at);
      return markup`<g class="break"><title>ended after ${grouped(at - window.at)} ms: ${outcome}</title><line x1="${x}" x2="${x}" y1="${y + 18}" y2="${y + 36}"/></g>`;
    });
  return markup`<g class="lane"><text x="0" y="${y + 14}">${LANE_NAMES[stream.stream]}</text><rect class="good" x="${axis.at(-Infinity)}" width="${axis.width(-Infinity, end)}" y="${y + 25}" height="4"/>${bars}${breaks}</g>`;
}

function whisker(axis: Axis, { from, to, y }: { from: number; to: number; y: number }): Markup {
  const [begin, end] = [axis.at(from), axis.at(to)];
  return markup`<line class="error" x1="${begin}" x2="${end}" y1="${y}" y2="${y}"/><line class="error" x1="${begin}" x2="${begin}" y1="${y - 4}" y2="${y + 4}"/><line class="error" x1="${end}" x2="${end}" y1="${y - 4}" y2="${y + 4}"/>`;
}
