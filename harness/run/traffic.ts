import { canonical, familyOf } from '../../base/addresses.ts';
import { sleep } from '../../base/converge.ts';
import { serviceStateAt } from '../judge/state.ts';
import type { Traffic } from '../scenario/schema.ts';
import type { Session } from './session.ts';

/** Between two connections to one address. */
const INTERVAL_MS = 20;
/** A connection that takes longer is lost: a client would have tried again. */
const LOST_AFTER_MS = 1000;
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
  readonly #stop = new AbortController();
  readonly #streams: Promise<void>[];

  constructor(options: TrafficOptions) {
    this.#options = options;
    const { session, traffic } = options;
    const { service } = serviceStateAt(session.log.all(), traffic.service, Infinity);
    this.#streams = (service?.addresses ?? []).map((address) => this.#stream(address));
    // Looked at by `end`.
    for (const stream of this.#streams) stream.catch(() => {});
  }

  /** Ends it and adds what was seen to the log. */
  async end(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#streams);
  }

  async #stream(address: string): Promise<void> {
    const { step, traffic, session, signal } = this.#options;
    const { service, port } = traffic;
    const at = session.log.now();
    const attempts: Promise<void>[] = [];
    const failures: { at: number; outcome: string }[] = [];
    let lost = 0;
    const attempt = async () => {
      const target = { protocol: 'http', address, port, timeoutMs: LOST_AFTER_MS, neighbour: false } as const;
      const begun = session.log.now();
      const { outcome, detail } = await session.probe.probe({ ...target, signal });
      if (outcome === 'ok') return;
      lost += 1;
      if (failures.length < FAILURES_KEPT) failures.push({ at: begun, outcome: `${outcome} (${detail})` });
    };
    const pause = AbortSignal.any([signal, this.#stop.signal]);
    while (!pause.aborted) {
      attempts.push(attempt());
      await sleep(INTERVAL_MS, pause).catch(() => {});
    }
    signal.throwIfAborted();
    await Promise.all(attempts);
    session.log.add({
      kind: 'traffic',
      at,
      endedAt: session.log.now(),
      step,
      service,
      family: familyOf(address),
      address: canonical(address),
      sent: attempts.length,
      lost,
      failures,
    });
  }
}
