import type { Family } from '../../base/addresses.ts';
import type { EventObservation, Observation, StreamObservation, WindowObservation } from './observation.ts';
import { outageOf, type Milestone, type Outage } from './outage.ts';

/** What one step has cost one Service, for each of its addresses. */
export interface Failover {
  window: WindowObservation;
  service: string;
  outages: Outage[];
}

/** What follows `announcing from node` in the event of MetalLB's speaker. */
const ELECTED = { reason: 'nodeAssigned', node: /announcing from node "([^"]+)"/ };

/** Everything that was looked at, in the order of time. Of a window whose streams have not ended yet, nothing. */
export function failoversOf(observations: readonly Observation[]): Failover[] {
  const windows = observations.filter((one): one is WindowObservation => one.kind === 'window');
  return windows.flatMap((window) => failoverOf(window, observations) ?? []);
}

export function failoverOf(
  window: WindowObservation,
  observations: readonly Observation[],
): Failover | undefined {
  const streams = streamsOf(window, observations);
  const [first] = streams;
  if (!first) return undefined;
  const { service } = first;
  const { at: from, endedAt: to, heals } = window;
  const outages = streams
    .filter(({ stream }) => stream === 'new')
    .flatMap((one) => {
      // Of the control, every one of the family; of the others, those to this address.
      const own = streams.filter(
        ({ stream, family, address }) =>
          family === one.family && (stream === 'control' || address === one.address),
      );
      const input = { window: { from, to, heals }, streams: own };
      const { lostAfter } = outageOf({ ...input, milestones: [] }) ?? {};
      const { family, address } = one;
      const milestones = milestonesOf({ service, family, address, window, lostAfter }, observations);
      return outageOf({ ...input, milestones }) ?? [];
    });
  return { window, service, outages };
}

/** Those that were under way when it began. */
export function streamsOf(
  window: WindowObservation,
  observations: readonly Observation[],
): StreamObservation[] {
  return observations.filter(
    (one): one is StreamObservation =>
      one.kind === 'stream' && one.step === window.of && one.at <= window.at && one.endedAt >= window.at,
  );
}

/** By these a client learns of a new announcer without asking: gratuitous ARP, and an unsolicited advertisement. */
const ANNOUNCED: ReadonlySet<string> = new Set(['gratuitous', 'unsolicited']);
/** By these also who has asked learns who announces. */
const TOLD: ReadonlySet<string> = new Set([...ANNOUNCED, 'is-at', 'advertisement']);

export interface MilestonesOptions {
  service: string;
  family: Family;
  address: string;
  window: WindowObservation;
  /** When the address was lost, since the window's begin. */
  lostAfter?: number | undefined;
}

/** What was seen of one address's way back after a window's begin, in the order of time. */
export function milestonesOf(options: MilestonesOptions, observations: readonly Observation[]): Milestone[] {
  const { service, family, address, window } = options;
  const seen = observations
    .flatMap((one): Milestone[] => {
      if (one.at < window.at || one.at >= window.endedAt) return [];
      if (one.kind === 'neighbour-message') {
        if (one.address !== address || !ANNOUNCED.has(one.message) || one.client) return [];
        return [
          { part: 'announced', at: one.at, family, ...(one.node === undefined ? {} : { node: one.node }) },
        ];
      }
      const node = one.kind === 'event' && one.service === service ? electedBy(one) : undefined;
      return node === undefined ? [] : [{ part: 'elected', at: one.at, ...(node === '' ? {} : { node }) }];
    })
    .toSorted((a, b) => a.at - b.at);
  const news = newAnnouncements(seen, announcerBefore(options, observations), options);
  return seen.filter((one) => one.part === 'elected' || news.has(one));
}

/** Empty where the event does not say who. */
function electedBy({ reason, message }: EventObservation): string | undefined {
  return reason === ELECTED.reason ? (ELECTED.node.exec(message)?.[1] ?? '') : undefined;
}

/**
 * What whoever announced before says once more is on its way out, and no way back; unless nobody else ever speaks up,
 * and it was said after the loss: then the same one is back.
 */
function newAnnouncements(
  seen: readonly Milestone[],
  before: string | undefined,
  { window, lostAfter }: MilestonesOptions,
): ReadonlySet<Milestone> {
  const all = seen.filter(({ part }) => part === 'announced');
  const others = all.filter(({ node }) => before === undefined || node !== before);
  if (others.length > 0 || lostAfter === undefined) return new Set(others);
  return new Set(all.filter(({ at }) => at >= window.at + lostAfter));
}

/** Who announced the address when a window began, by the last that was heard or said of it. */
function announcerBefore(
  { service, address, window }: MilestonesOptions,
  observations: readonly Observation[],
): string | undefined {
  let last: { at: number; node: string } | undefined;
  for (const one of observations) {
    if (one.at >= window.at || (last && one.at < last.at)) continue;
    const node = announcerIn(one, { service, address });
    if (node !== undefined && node !== '') last = { at: one.at, node };
  }
  return last?.node;
}

function announcerIn(
  one: Observation,
  { service, address }: Pick<MilestonesOptions, 'service' | 'address'>,
): string | undefined {
  switch (one.kind) {
    case 'neighbour-message':
      return one.address === address && TOLD.has(one.message) && !one.client ? one.node : undefined;
    case 'probe':
      return one.address === address ? one.announcer : undefined;
    case 'event':
      return one.service === service ? electedBy(one) : undefined;
    default:
      return undefined;
  }
}
