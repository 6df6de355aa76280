import { EventEmitter } from 'node:events';

import type { PoolRunnerInitializer, PoolWorker, WorkerRequest } from 'vitest/node';
import { init, runBaseTests, setupEnvironment } from 'vitest/worker';

type Listener = (message: unknown) => void;

/**
 * A Vitest pool whose one worker is this process. What a thread or a process of its own buys, scenarios do not
 * need: nothing is isolated, and a run that is aborted ends by its signal. What it costs they would pay: every
 * module twice in memory (measured: about 60 MB).
 * `onStop` is called when Vitest ends the worker, with nothing running in it any more.
 */
export function inProcessPool(onStop: () => Promise<void>): PoolRunnerInitializer {
  return { name: 'in-process', createPoolWorker: () => new InProcessWorker(onStop) };
}

/** The two ends of what is a message port elsewhere. */
class InProcessWorker implements PoolWorker {
  readonly name = 'in-process';
  readonly #requests = new EventEmitter();
  readonly #responses = new EventEmitter();
  readonly #onStop: () => Promise<void>;
  #restore: (() => void) | undefined;
  #ended = false;

  constructor(onStop: () => Promise<void>) {
    this.#onStop = onStop;
  }

  on(event: string, callback: Listener): void {
    this.#responses.on(event, callback);
  }

  off(event: string, callback: Listener): void {
    this.#responses.off(event, callback);
  }

  send(message: WorkerRequest): void {
    deliver(this.#requests, message);
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  start(): Promise<void> {
    this.#restore = processState();
    init({
      post: (response) => this.#post(response),
      on: (callback) => this.#requests.on('message', callback),
      off: (callback) => this.#requests.off('message', callback),
      runTests: (state, traces) => runBaseTests('run', state, traces),
      collectTests: (state, traces) => runBaseTests('collect', state, traces),
      setup: setupEnvironment,
      teardown: () => this.#requests.removeAllListeners(),
    });
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#onStop();
    this.#restore?.();
  }

  /**
   * Vitest's hooks on imports outlive a worker, as they cannot be taken back, and tell of each import. Nobody
   * answers an ended worker, and the next one would wait for those answers.
   */
  #post(response: unknown): void {
    if (this.#ended) throw new Error('the worker has ended');
    deliver(this.#responses, response);
  }
}

const ERRORS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * What a worker changes in its process, as it is now, to be restored: it replaces `process.exit`, and listens for
 * the errors that nobody else listens for.
 */
function processState(): () => void {
  const exit = Reflect.get(process, 'exit');
  const before = ERRORS.map((event) => new Set<unknown>(process.listeners(event)));
  return () => {
    process.exit = exit;
    for (const [index, event] of ERRORS.entries()) {
      for (const listener of process.listeners(event)) {
        if (!before[index]?.has(listener)) process.off(event, listener);
      }
    }
  };
}

/** Later and as a copy, as over a port: neither end may see the other's objects change. */
function deliver(to: EventEmitter, message: unknown): void {
  const copy: unknown = structuredClone(message);
  setImmediate(() => to.emit('message', copy));
}
