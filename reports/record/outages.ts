import type { Observation, StreamObservation, WindowObservation } from './observation.ts';
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
  const addresses = new Set(streams.map(({ address }) => address));
  const milestones = milestonesOf({ service: first.service, addresses }, observations);
  const outages = streams
    .filter(({ stream }) => stream === 'new')
    .flatMap((one) => {
      // Of the control, every one of the family; of the others, those to this address.
      const own = streams.filter(
        ({ stream, family, address }) =>
          family === one.family && (stream === 'control' || address === one.address),
      );
      const { at: from, endedAt: to, heals } = window;
      return outageOf({ window: { from, to, heals }, streams: own, milestones }) ?? [];
    });
  return { window, service: first.service, outages };
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

/** In the order of time, as observations are written when they are known. */
export function milestonesOf(
  { service, addresses }: { service: string; addresses: ReadonlySet<string> },
  observations: readonly Observation[],
): Milestone[] {
  return observations
    .flatMap((one): Milestone[] => {
      if (one.kind === 'neighbour-message') {
        if (!addresses.has(one.address) || !ANNOUNCED.has(one.message) || one.client) return [];
        const { at, family, node } = one;
        return [{ part: 'announced', at, family, ...(node === undefined ? {} : { node }) }];
      }
      if (one.kind !== 'event' || one.service !== service || one.reason !== ELECTED.reason) return [];
      const node = ELECTED.node.exec(one.message)?.[1];
      return [{ part: 'elected', at: one.at, ...(node === undefined ? {} : { node }) }];
    })
    .toSorted((a, b) => a.at - b.at);
}
