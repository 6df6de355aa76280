import { canonical, familyOf } from '../../base/addresses.ts';
import { serviceStateAt } from '../judge/state.ts';
import type { StartedStreams } from '../probe/streams.ts';
import type { Traffic } from '../scenario/schema.ts';
import type { Session } from './session.ts';

/** Between two connections to one address. */
const INTERVAL_MS = 20;
/** So that a long outage does not fill the record. */
const FAILURES_KEPT = 50;

export interface TrafficOptions {
  step: string;
  traffic: Traffic;
  session: Session;
  signal: AbortSignal;
}

/** New connections to the addresses that a Service had when it began, until it is ended. */
export class TrafficRun {
  readonly #options: TrafficOptions;
  readonly #started: StartedStreams | undefined;

  static async begin(options: TrafficOptions): Promise<TrafficRun> {
    const { session, traffic, signal } = options;
    const { service } = serviceStateAt(session.log.all(), traffic.service, Infinity);
    const stream = { stream: 'new', protocol: 'http', port: traffic.port, intervalMs: INTERVAL_MS } as const;
    const specs = (service?.addresses ?? []).map((address) => ({ ...stream, address }));
    return new TrafficRun(options, specs.length > 0 ? await session.probe.streams(specs, signal) : undefined);
  }

  constructor(options: TrafficOptions, started: StartedStreams | undefined) {
    this.#options = options;
    this.#started = started;
  }

  /** Ends it and adds what was seen to the log. */
  async end(): Promise<void> {
    const { step, traffic, session, signal } = this.#options;
    const { log } = session;
    const ended = await this.#started?.end(signal);
    for (const { address, startedAt, sent, ok, gaps } of ended?.streams ?? []) {
      log.add({
        kind: 'traffic',
        at: log.since(startedAt),
        endedAt: log.since(ended?.at ?? startedAt),
        step,
        service: traffic.service,
        family: familyOf(address),
        address: canonical(address),
        sent,
        lost: sent - ok,
        failures: gaps.slice(0, FAILURES_KEPT).map(({ from, count, outcome }) => ({
          at: log.since(from),
          outcome: count === 1 ? outcome : `${outcome}, ${count} in a row`,
        })),
      });
    }
  }
}
