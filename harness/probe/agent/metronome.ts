import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Beats every `intervalMs`. A timer of Node's own rounds up to whole milliseconds: of one millisecond it makes
 * 1.1. So a thread of its own sleeps to the microsecond, for some 5 % of a core at one millisecond.
 */
export class Metronome implements AsyncDisposable {
  readonly #worker: Worker;

  /** Resolves with the first beat: a thread takes its time to start. */
  static async start(intervalMs: number): Promise<Metronome> {
    const worker = new Worker(new URL('metronome-worker.ts', import.meta.url), { workerData: intervalMs });
    await once(worker, 'message');
    return new Metronome(worker);
  }

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  onBeat(listener: () => void): void {
    this.#worker.on('message', listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.removeAllListeners('message');
    await this.#worker.terminate();
  }
}
