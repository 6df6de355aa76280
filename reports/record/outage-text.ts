import type { HeldFate, Outage } from './outage.ts';

/** An outage in words, the same for the check, the terminal and the timeline: `1,204 ms ±10 ms (…)`. */
export function describeOutage(outage: Outage): string {
  const { inconclusive, downMs, errorMs, recovered, gaps } = outage;
  const parts = partsOf(outage);
  const length = downMs === 0 && recovered ? 'no outage' : `${lengthOf(downMs, recovered)} ±${ms(errorMs)}`;
  return [
    gaps > 1 ? `${length} in ${gaps} parts` : length,
    ...(parts.length > 0 ? [`(${parts.join(', ')})`] : []),
    ...(inconclusive === undefined ? [] : [`inconclusive: ${inconclusive}`]),
  ].join(' ');
}

function partsOf(outage: Outage): string[] {
  const { lostAfter, electedAfter, announcedAfter, answeredAfter, held, udp } = outage;
  return [
    ...part('lost after', lostAfter),
    ...part('elected after', electedAfter),
    ...part('announced after', announcedAfter),
    ...part('answered after', answeredAfter),
    ...(held ? [heldText(held)] : []),
    ...(udp && (udp.downMs > 0 || !udp.recovered) ? [`UDP ${lengthOf(udp.downMs, udp.recovered)}`] : []),
  ];
}

function part(name: string, after: number | undefined): string[] {
  return after === undefined ? [] : [`${name} ${ms(after)}`];
}

function heldText({ fate, ms: length, outcome, connections }: HeldFate): string {
  const text = {
    kept: 'kept',
    stalled: 'stalled',
    ended: `ended (${outcome})`,
    silent: 'silent to the end',
    incomplete: 'not complete',
  }[fate];
  const what = connections === undefined ? 'held connection' : `${connections} held connections`;
  return `${what} ${text}${length === undefined ? '' : ` for ${ms(length)}`}`;
}

function lengthOf(downMs: number, recovered: boolean): string {
  return recovered ? ms(downMs) : `${ms(downMs)} and not over`;
}

/** To a millisecond below ten seconds, which is finer than any interval that is used; above it to a tenth. */
function ms(value: number): string {
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
