import { monotonicMs } from '../../../base/clock.ts';
import type { CollectRequest, StreamsReport, StreamsRequest, StreamSpec } from '../protocol.ts';
import { Datagrams } from './datagrams.ts';
import { HeldConnections } from './held-connections.ts';
import { Metronome } from './metronome.ts';
import { NewConnections } from './new-connections.ts';
import { ATTEMPT_MS, type Stream } from './stream.ts';

/** How often it is looked whether an attempt's time is up. */
const SWEEP_MS = 10;

interface Running {
  spec: StreamSpec;
  stream: Stream;
  startedAt: number;
  /** The next attempt's begin. */
  due: number;
}

async function openStream(spec: StreamSpec): Promise<Stream> {
  if (spec.stream === 'held') return new HeldConnections(spec);
  return spec.stream === 'udp' ? Datagrams.open(spec) : new NewConnections(spec);
}

/** Streams that were begun together, on one metronome. */
class StreamRun implements AsyncDisposable {
  readonly #running: Running[];
  readonly #cpu = process.cpuUsage();
  readonly #metronome: Metronome;
  readonly #sweep: NodeJS.Timeout;

  static async begin(specs: readonly StreamSpec[]): Promise<StreamRun> {
    const intervalMs = Math.min(...specs.map((spec) => spec.intervalMs));
    const metronome = await Metronome.start(intervalMs);
    const streams = specs.map(async (spec) => ({ spec, stream: await openStream(spec) }));
    return new StreamRun({ metronome, intervalMs, streams: await Promise.all(streams) });
  }

  constructor(options: {
    metronome: Metronome;
    intervalMs: number;
    streams: { spec: StreamSpec; stream: Stream }[];
  }) {
    const { metronome, intervalMs, streams } = options;
    const startedAt = monotonicMs();
    this.#running = streams.map((one) => ({ ...one, startedAt, due: startedAt }));
    this.#metronome = metronome;
    metronome.onBeat(() => this.#beat(intervalMs));
    this.#sweep = setInterval(() => setImmediate(() => this.#expire()), SWEEP_MS);
  }

  report(): StreamsReport {
    const { user, system } = process.cpuUsage(this.#cpu);
    return {
      at: monotonicMs(),
      cpuMs: (user + system) / 1000,
      streams: this.#running.map(({ spec, stream, startedAt }) => ({
        stream: spec.stream,
        address: spec.address,
        port: spec.port,
        intervalMs: spec.intervalMs,
        startedAt,
        ...stream.extra(),
        ...stream.tally.report(),
      })),
    };
  }

  /** No further attempts; those that are under way are waited for, as long as an attempt may take. */
  async end(): Promise<StreamsReport> {
    await this.#metronome[Symbol.asyncDispose]();
    const begin = monotonicMs();
    const isBusy = () => this.#running.some(({ stream }) => stream.tally.oldest() !== undefined);
    while (isBusy() && monotonicMs() < begin + ATTEMPT_MS + SWEEP_MS) {
      await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
    }
    // Of a held connection that is silent: it may be so for longer.
    for (const { stream } of this.#running) stream.tally.abandon();
    const report = this.report();
    await this[Symbol.asyncDispose]();
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweep);
    await this.#metronome[Symbol.asyncDispose]();
    for (const { stream } of this.#running) stream[Symbol.dispose]();
  }

  #beat(beatMs: number): void {
    for (const one of this.#running) {
      const now = monotonicMs();
      if (now + beatMs / 2 < one.due) continue;
      // Attempts that were missed are not made up for: many at once would tell nothing more.
      one.due = Math.max(one.due + one.spec.intervalMs, now + one.spec.intervalMs / 2);
      one.stream.attempt(now);
    }
  }

  /**
   * In the phase after the one in which answers are read: when the agent was held up itself, what has arrived
   * meanwhile is no timeout.
   */
  #expire(): void {
    const now = monotonicMs();
    for (const { stream } of this.#running) stream.tally.expire(now);
  }
}

/** All streams of one agent, by the name that they were begun with. */
export class Streams {
  readonly #runs = new Map<string, StreamRun>();

  /** Gives the time, on the agent's clock. */
  async begin({ run, streams }: StreamsRequest): Promise<number> {
    if (this.#runs.has(run)) throw new Error(`there are streams ${run} already`);
    if (streams.length === 0) throw new Error('there is no stream to begin');
    this.#runs.set(run, await StreamRun.begin(streams));
    return monotonicMs();
  }

  async collect({ run, end }: CollectRequest): Promise<StreamsReport> {
    const found = this.#runs.get(run);
    if (!found) throw new Error(`there are no streams ${run}`);
    if (!end) return found.report();
    this.#runs.delete(run);
    return found.end();
  }
}
