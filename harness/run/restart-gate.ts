/** A place at the gate, held by one scenario while it runs. */
export interface Seat extends Disposable {
  /** Resolves when the controller was restarted, which is when every scenario that runs has asked for it. */
  restart(): Promise<void>;
}

/**
 * Restarts the implementation's controller for scenarios that run at the same time: once, when all of them
 * wait for it. A restart under a scenario that does something else would be part of what it measures.
 */
export class RestartGate {
  readonly #restart: () => Promise<void>;
  readonly #waiting = new Set<PromiseWithResolvers<void>>();
  #seats = 0;

  constructor(restart: () => Promise<void>) {
    this.#restart = restart;
  }

  take(): Seat {
    this.#seats += 1;
    let held = true;
    return {
      restart: () => {
        const waiter = Promise.withResolvers<void>();
        this.#waiting.add(waiter);
        this.#open();
        return waiter.promise;
      },
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.#seats -= 1;
        this.#open();
      },
    };
  }

  #open(): void {
    if (this.#waiting.size === 0 || this.#waiting.size < this.#seats) return;
    const all = [...this.#waiting];
    this.#waiting.clear();
    void this.#serve(all);
  }

  async #serve(all: readonly PromiseWithResolvers<void>[]): Promise<void> {
    try {
      await this.#restart();
      for (const { resolve } of all) resolve();
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }
}
