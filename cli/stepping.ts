import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { stringify } from 'yaml';

import { fieldsOf } from '../harness/model/scenario-folder.ts';
import type { StepPosition } from '../harness/run/hold.ts';

export interface SteppingOptions {
  input: Readable;
  tell: (text: string) => void;
}

/** Asks before each step. Where nobody answers (any more), the case is held. */
export class Stepping implements Disposable {
  readonly #options: SteppingOptions;
  readonly #lines: AsyncIterator<string>;
  readonly #close: () => void;
  #free = false;

  constructor(options: SteppingOptions) {
    this.#options = options;
    const lines = createInterface({ input: options.input });
    this.#lines = lines[Symbol.asyncIterator]();
    this.#close = () => lines.close();
  }

  async before({ step, number, of }: StepPosition): Promise<'go' | 'stop'> {
    const { tell } = this.#options;
    const text = stringify(fieldsOf(step)).trimEnd().replaceAll('\n', '\n  ');
    tell(`step ${number} of ${of}\n  ${text}`);
    while (!this.#free) {
      tell('Enter: do it    c: do it and all that follow    q: hold the case as it is now');
      const { value, done } = await this.#lines.next();
      const answer = done ? 'q' : value.trim();
      if (answer === 'q') return 'stop';
      if (answer === 'c') this.#free = true;
      else if (answer === '') break;
    }
    return 'go';
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}
