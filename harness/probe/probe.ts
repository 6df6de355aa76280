import { z } from 'zod';

import { FAMILIES, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { AgentLink, type AgentStreams } from './agent-link.ts';
import { clockOffset, type ClockOffset } from './clock-offset.ts';
import { openContainer, type OpenOptions } from './opened-container.ts';
import { waitUntilUsable } from './duplicate-detection.ts';
import { startCapture, type LinkCapture } from './link-capture.ts';
import { normaliseMac, parseNeighbours, type Neighbour } from './neighbour.ts';
import type { ProbeProtocol, StreamSpec } from './protocol.ts';
import { questionsOf, resultOf, type ProbeResult } from './result.ts';
import { isolate, readRoutes, type Ip, type Route } from './routes.ts';
import { beginStreams, type StartedStreams } from './streams.ts';

export interface ContainerOptions {
  image: string;
  network: string;
  name: string;
  labels: Record<string, string>;
}

export interface ProbeContainer extends AsyncDisposable {
  readonly id: string;
  readonly addresses: Partial<Record<Family, string>>;
  startAgent(): Promise<AgentStreams>;
}

export interface ProbeNeeds {
  /** The families that the probe must have an address of. */
  families: readonly Family[];
  /** Where VIPs are: what is captured besides ARP and NDP. Default: nothing. */
  prefixes?: readonly string[];
  signal?: AbortSignal | undefined;
}

export interface ProbeTarget {
  protocol: ProbeProtocol;
  address: string;
  port: number;
  /** Bytes that are sent and are to come back; not for tcp. */
  payload?: number | undefined;
  /** For the whole attempt; `timeoutMs('probe')` when left out. */
  timeoutMs?: number;
  /** False leaves out the neighbour entry, which takes a process: for many attempts a second. */
  neighbour?: boolean;
  signal?: AbortSignal | undefined;
}

/** A client on the network of the nodes, with no way out of it. */
export interface StartedProbe extends AsyncDisposable {
  readonly containerId: string;
  readonly addresses: Partial<Record<Family, string>>;
  readonly clock: ClockOffset;
  /** Its MAC address on the network. */
  readonly mac: string;
  readonly capture: LinkCapture;
  /** Runs iproute2's `ip` in its container. */
  ip(args: readonly string[], signal?: AbortSignal): Promise<string>;
  /**
   * Makes one attempt over a fresh connection. Any number may be under way at once.
   * @throws HarnessError `DUALVIP_PROBE_LOST` or `DUALVIP_PROBE_FAILED` when it is we who failed; the signal's
   *   reason when aborted.
   */
  probe(target: ProbeTarget): Promise<ProbeResult>;
  /**
   * Begins streams of attempts, which the agent makes and counts by itself. They end with the probe.
   * @throws as `probe`
   */
  streams(specs: readonly StreamSpec[], signal?: AbortSignal): Promise<StartedStreams>;
  neighbours(signal?: AbortSignal): Promise<Neighbour[]>;
  routes(signal?: AbortSignal): Promise<Route[]>;
  /** Forgets who announces what, so that the next probe has to ask. */
  flushNeighbours(signal?: AbortSignal): Promise<void>;
}

/** On top of the attempt's own bound: for the neighbour entry and the way there and back. */
const ANSWER_GRACE_MS = 10_000;

/** Of its only network. */
export const PROBE_DEVICE = 'eth0';

/** Drives a probe's container that is there already, which stays when this is disposed. Errors as `startProbe`. */
export async function attachProbe(
  options: ProbeNeeds & OpenOptions & { signal?: AbortSignal | undefined },
): Promise<StartedProbe> {
  options.signal?.throwIfAborted();
  return connectProbe(await openContainer(options), options);
}

/** Starts the agent in the container and takes its routes out of the network away. */
export async function connectProbe(
  started: ProbeContainer,
  options: ProbeNeeds & { network: string },
): Promise<StartedProbe> {
  const { families, network, prefixes = [], signal } = options;
  await using stack = new AsyncDisposableStack();
  const container = stack.use(started);
  signal?.throwIfAborted();
  const missing = families.filter((family) => container.addresses[family] === undefined);
  if (missing.length > 0) throw noAddressError(missing, network);
  const link = new AgentLink(await container.startAgent());
  stack.defer(() => link.close('it was stopped'));
  await prepare(link, container.addresses.IPv6, signal);
  const clock = await clockOffset(async () =>
    z.number().parse(await link.send({ kind: 'clock' }, { signal })),
  );
  const [capture, mac] = await Promise.all([
    startCapture({ link, clock, device: PROBE_DEVICE, prefixes, signal }),
    macOf(ipOf(link, signal)),
  ]);
  const resources = stack.move();
  let runs = 0;
  return {
    containerId: container.id,
    addresses: container.addresses,
    clock,
    mac,
    capture,
    ip: (args, stop) => ipOf(link, stop)(args),
    probe: (target) => probe(link, target),
    streams(specs, stop) {
      const run = String((runs += 1));
      return beginStreams(link, { run, streams: specs, offsetMs: clock.offsetMs, signal: stop });
    },
    neighbours: async (stop) => parseNeighbours(await ipOf(link, stop)(['-json', 'neigh', 'show'])),
    routes: (stop) => readRoutes(ipOf(link, stop)),
    async flushNeighbours(stop) {
      const ip = ipOf(link, stop);
      await Promise.all(['-4', '-6'].map((flag) => ip([flag, 'neigh', 'flush', 'all'])));
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function prepare(link: AgentLink, ipv6: string | undefined, signal?: AbortSignal): Promise<void> {
  const ip = ipOf(link, signal);
  await Promise.all([
    isolate(ip),
    ipv6 === undefined ? undefined : waitUntilUsable({ ip, address: ipv6, signal }),
  ]);
}

async function probe(link: AgentLink, target: ProbeTarget): Promise<ProbeResult> {
  const { protocol, address, port, neighbour = true, signal } = target;
  const within = target.timeoutMs ?? timeoutMs('probe');
  const answer = await link.send(
    { kind: 'attempt', protocol, address, port, ask: questionsOf(target), timeoutMs: within, neighbour },
    { withinMs: within + ANSWER_GRACE_MS, signal },
  );
  return resultOf(target, answer);
}

const linksSchema = z.tuple([z.object({ address: z.string() })]);

async function macOf(ip: Ip): Promise<string> {
  const json = await ip(['-json', 'link', 'show', 'dev', PROBE_DEVICE]);
  const [{ address }] = linksSchema.parse(JSON.parse(json));
  return normaliseMac(address);
}

function ipOf(link: AgentLink, signal?: AbortSignal): Ip {
  return async (args) => z.string().parse(await link.send({ kind: 'ip', args }, { signal }));
}

function noAddressError(missing: readonly Family[], network: string): HarnessError {
  const names = FAMILIES.filter((family) => missing.includes(family)).join(' or ');
  return new HarnessError(
    'DUALVIP_PROBE_NO_ADDRESS',
    `the probe got no ${names} address on network ${network}`,
    {
      hint: 'Give the network a subnet of each family: docker network create --ipv6 --subnet … NAME.',
    },
  );
}
