import { canonical, FAMILIES } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import type { PeeringSpec } from '../../clusters/implementations/implementation.ts';
import { LABEL } from '../../clusters/docker.ts';
import { BFD, CLUSTER_ASN, ROUTER_ASN } from '../bgp/router-config.ts';
import type { Session as BgpSession } from '../bgp/sessions.ts';
import type { RouteTable } from '../bgp/route-table.ts';
import { startWayOut, type WayOut } from '../bgp/way-out.ts';
import { bgpSchema } from '../scenario/pool.ts';
import type { Scenario, Sessions } from '../scenario/schema.ts';
import type { Session } from './session.ts';

/** What an observation has of a session, a route or a neighbour's address: the node that it is. */
function nodeOf(address: string, { cluster }: Session): { node?: string } {
  const found = cluster.nodes.find(({ addresses }) =>
    FAMILIES.some((family) => addresses[family] !== undefined && canonical(addresses[family]) === address),
  );
  return found ? { node: found.name } : {};
}

export function sessionsSeen(sessions: readonly BgpSession[], session: Session) {
  return sessions.map((one) => ({ ...one, ...nodeOf(one.peer, session) }));
}

export function routesSeen(table: RouteTable, session: Session) {
  return FAMILIES.flatMap((family) =>
    table[family].map(({ prefix, nextHops }) => ({
      family,
      prefix,
      nextHops: nextHops.map((address) => ({ address, ...nodeOf(address, session) })),
    })),
  );
}

/** The way out of one scenario, whose changes of routes go into the log until it is disposed. */
export class ScenarioWayOut implements AsyncDisposable {
  readonly wayOut: WayOut;
  readonly peering: PeeringSpec;
  readonly #session: Session;
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;

  private constructor(wayOut: WayOut, peering: PeeringSpec, session: Session) {
    this.wayOut = wayOut;
    this.peering = peering;
    this.#session = session;
    this.#following = wayOut.router.follow(
      (table) => session.log.add({ kind: 'routes', routes: routesSeen(table, session) }),
      this.#stop.signal,
    );
    // Looked at by `whileFollowed`; it also ends when this is disposed.
    this.#following.catch(() => {});
    session.log.add({ kind: 'routes', routes: [] });
  }

  /** Starts router and client. The nodes do not know the router yet. */
  static async start(session: Session, scenario: Scenario, signal: AbortSignal): Promise<ScenarioWayOut> {
    const { cluster, runId } = session;
    const image = session.routerImage;
    if (image === undefined) {
      throw new HarnessError('DUALVIP_ROUTER_NO_IMAGE', `there is no router's image for ${scenario.id}`, {
        hint: 'It is made at the begin of a run whose scenarios announce by BGP.',
      });
    }
    const bgp = scenario.bgp ?? bgpSchema.parse({});
    const wayOut = await startWayOut({
      cluster,
      image,
      name: `${cluster.state.name}-${runId}-${scenario.id}`,
      // By these, the next run and `down` find what a killed run has left.
      labels: { [LABEL.cluster]: cluster.state.name, [LABEL.run]: runId },
      ranges: session.ranges.get(scenario.id) ?? [],
      bgp,
      signal,
    });
    const [onLink] = wayOut.router.addresses;
    const router = Object.fromEntries(bgp.sessions.map((family) => [family, canonical(onLink[family])]));
    const peering: PeeringSpec = {
      router,
      clusterAsn: CLUSTER_ASN,
      routerAsn: ROUTER_ASN,
      bothFamilies: bgp.bothFamilies,
      gracefulRestart: bgp.gracefulRestart,
      ...(bgp.bfd ? { bfd: { ...BFD } } : {}),
    };
    return new ScenarioWayOut(wayOut, peering, session);
  }

  /** Resolves when every node has its sessions with the router: the BGP of all of them serves. */
  async whenEstablished(signal: AbortSignal): Promise<void> {
    const sessions = await this.whileFollowed(this.wayOut.router.whenEstablished(signal));
    this.#session.log.add({ kind: 'sessions', sessions: sessionsSeen(sessions, this.#session) });
  }

  /** What a plain container on the nodes' link needs, so that what the client asks of it is answered. */
  get wayBack(): WayOut['wayBack'] {
    return this.wayOut.wayBack;
  }

  /** After a node has started anew. */
  restoreWayBack(signal: AbortSignal): Promise<void> {
    return this.wayOut.restoreWayBack(signal);
  }

  /** Changes the sessions over a family, and notes how they then are. */
  async set(step: string, change: Sessions, signal: AbortSignal): Promise<void> {
    const { router } = this.wayOut;
    for (const family of FAMILIES) {
      const state = change[family];
      if (state !== undefined) await router.set(family, state, signal);
    }
    const sessions = sessionsSeen(await router.sessions(signal), this.#session);
    this.#session.log.add({ kind: 'sessions', step, sessions });
  }

  /** As `work`, but fails when the router's routes are not told any more: no verdict could be trusted. */
  whileFollowed<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#lost()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following.catch(() => {});
    await this.wayOut[Symbol.asyncDispose]();
  }

  async #lost(): Promise<never> {
    await this.#following;
    throw new HarnessError('DUALVIP_ROUTER_LOST', "the router's routes are not told any more");
  }
}
