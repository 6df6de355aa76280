import { canonical, FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import { sleep } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { serviceStateAt } from '../judge/state.ts';
import type { StreamKind, StreamSpec } from '../probe/protocol.ts';
import type { StartedProbe } from '../probe/probe.ts';
import type { StartedStreams, StreamResult, StreamsResult } from '../probe/streams.ts';
import type { StreamsStep } from '../scenario/schema.ts';
import type { ControlTarget } from './control-target.ts';
import type { Session } from './session.ts';

export interface StreamsOptions {
  step: string;
  streams: StreamsStep;
  control: ControlTarget;
  /** From which it is tried. */
  client: Pick<StartedProbe, 'streams'>;
  session: Session;
  signal: AbortSignal;
}

/** The control need not be as dense: it tells whether there was a network, not for how long. */
const CONTROL_INTERVAL_MS = 10;

/** Between two looks at whether all streams flow. */
const LOOK_MS = 100;

/** The streams of one step, which run in the probe's agent until they are ended. */
export class StreamsRun {
  readonly step: string;
  readonly #options: StreamsOptions;
  readonly #started: StartedStreams;

  /** Resolves when every stream is answered, or the time for that is up: what is wrong, the judge tells. */
  static async begin(options: StreamsOptions): Promise<StreamsRun | undefined> {
    const { session, streams, client, signal } = options;
    const specs = specsOf(options);
    if (specs.every(({ stream }) => stream === 'control')) return undefined;
    const started = await client.streams(specs, signal);
    const deadline = session.log.now() + timeoutMs('reachability');
    for (;;) {
      const { streams: results } = await started.collect(signal);
      if (results.every((result) => flows(result, streams)) || session.log.now() >= deadline) break;
      await sleep(Math.max(LOOK_MS, streams.interval), signal);
    }
    return new StreamsRun(options, started);
  }

  constructor(options: StreamsOptions, started: StartedStreams) {
    this.step = options.step;
    this.#options = options;
    this.#started = started;
  }

  /** What was counted until now. */
  collect(signal: AbortSignal): Promise<StreamsResult> {
    return this.#started.collect(signal);
  }

  /** Ends them and adds what was seen to the log. */
  async end(): Promise<void> {
    const { session, step, streams, signal } = this.#options;
    const { at, streams: results } = await this.#started.end(signal);
    const { log } = session;
    for (const result of results) {
      log.add({
        ...observed(result, (time) => log.since(time)),
        ...(result.stream === 'held' && streams.connections > 1
          ? { connections: streams.connections, established: result.established ?? 0 }
          : {}),
        kind: 'stream',
        endedAt: log.since(at),
        step,
        service: streams.service,
      });
    }
  }
}

function specsOf({ session, streams, control }: StreamsOptions): StreamSpec[] {
  const { port, udpPort, interval: intervalMs, protocol, connections } = streams;
  const { service } = serviceStateAt(session.log.all(), streams.service, Infinity);
  const addresses = service?.addresses ?? [];
  const kinds: StreamKind[] = ['new', 'held', ...(udpPort === undefined ? [] : ['udp' as const])];
  const families: Family[] = FAMILIES.filter((family) => addresses.some((one) => familyOf(one) === family));
  return [
    ...addresses.flatMap((address) =>
      kinds.map((stream) => ({
        stream,
        protocol,
        address,
        port: stream === 'udp' ? (udpPort ?? port) : port,
        intervalMs,
        ...(stream === 'held' && connections > 1 ? { connections } : {}),
      })),
    ),
    ...families.flatMap((family): StreamSpec[] => {
      const address = control.addresses[family];
      const rest = { port: control.port, intervalMs: Math.max(intervalMs, CONTROL_INTERVAL_MS) };
      return address === undefined ? [] : [{ stream: 'control', protocol: 'http', address, ...rest }];
    }),
  ];
}

/** Answered, with all of its connections, and not failing now. */
function flows({ stream, ok, gaps, established = 0 }: StreamResult, { connections }: StreamsStep): boolean {
  const last = gaps.at(-1);
  if (stream === 'held' && established < connections) return false;
  return ok > 0 && (last === undefined || last.to !== undefined);
}

/** The fields of an observation that a result has, its times on the run's clock. */
function observed(result: StreamResult, since: (time: number) => number) {
  const { stream, address, port, intervalMs, sent, ok, gaps, moreGaps, breaks, sourcePort, latency } = result;
  return {
    at: since(result.startedAt),
    family: familyOf(address),
    address: canonical(address),
    port,
    stream,
    intervalMs,
    sent,
    ok,
    gaps: gaps.map(({ from, to, after, until, count, outcome }) => ({
      from: since(from),
      ...(to === undefined ? {} : { to: since(to) }),
      count,
      outcome,
      ...(after === undefined ? {} : { after: since(after) }),
      until: since(until),
    })),
    ...(moreGaps > 0 ? { moreGaps } : {}),
    ...(stream === 'held' ? { breaks: breaks.map((one) => ({ ...one, at: since(one.at) })) } : {}),
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(latency === undefined ? {} : { latency }),
  };
}
