import type { AnnouncedSeries } from '../../clusters/implementations/announcing.ts';
import type { AnnouncersObservation } from '../../reports/record/record.ts';
import { serviceStateAt } from '../judge/state.ts';
import { announcerOf } from '../probe/announcer.ts';
import { parseNeighbours } from '../probe/neighbour.ts';
import { PROBE_DEVICE } from '../probe/probe.ts';
import { ANNOUNCER_SOURCES } from '../scenario/announced.ts';
import type { Session } from './session.ts';

export type { AnnouncedSeries };

/** What the implementation's metrics say of all Services; undefined where they cannot be had. */
export async function readAnnounced(
  { implementation, cluster }: Session,
  signal: AbortSignal,
): Promise<readonly AnnouncedSeries[] | undefined> {
  return implementation.announcing?.metrics({
    client: cluster.client,
    onNode(name, command, input) {
      const id = cluster.nodes.find((node) => node.name === name)?.containerId ?? name;
      return cluster.docker.run(['exec', '--interactive', id, ...command], { input, signal });
    },
    signal,
  });
}

/** What each source says of who announces one address of a Service. */
export async function saysOf(options: {
  service: string;
  address: string;
  /** Of the metrics; undefined: they were not read, or cannot be. */
  series: readonly AnnouncedSeries[] | undefined;
  session: Session;
  signal: AbortSignal;
}): Promise<AnnouncersObservation['sources']> {
  const { service, address, series, session, signal } = options;
  const { namespace } = session;
  const client = await clientSays(address, session, signal);
  const status = session.announcerStatus?.nodesOf({ namespace, name: service });
  const event = eventSays(service, session);
  const metric = series
    ?.filter((one) => one.service === `${namespace}/${service}` && one.address === address)
    .map(({ node }) => node);
  const sources = {
    client,
    status: status && [...status],
    event,
    metric: metric && [...new Set(metric)].sort(),
  };
  return ANNOUNCER_SOURCES.flatMap((source) => {
    const nodes = sources[source];
    return nodes === undefined ? [] : [{ source, nodes }];
  });
}

/** The node whose MAC address the client's neighbour table has. */
async function clientSays(
  address: string,
  { probe, cluster }: Session,
  signal: AbortSignal,
): Promise<string[]> {
  const table = await probe.ip(['-json', 'neigh', 'show', 'to', address, 'dev', PROBE_DEVICE], signal);
  return parseNeighbours(table, PROBE_DEVICE).flatMap(({ mac }) =>
    mac === undefined ? [] : [announcerOf(mac, cluster.nodes) ?? mac],
  );
}

/** The node of the last event that names one. None has come: it names nobody. */
function eventSays(service: string, { implementation, log }: Session): string[] | undefined {
  const { announcing } = implementation;
  if (!announcing) return undefined;
  const { events } = serviceStateAt(log.all(), service, Infinity);
  const nodes = events.flatMap((event) => announcing.nodeInEvent(event) ?? []);
  return nodes.slice(-1);
}
