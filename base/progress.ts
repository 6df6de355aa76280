import type { Writable } from 'node:stream';

import { formatMs, monotonicMs } from './clock.ts';
import { colorsFor } from './colors.ts';

/** Tells the user, on standard error, what is being done and for how long. */
export interface Progress {
  /** Runs `work` under a title; `detail` is shown after it while it lasts. A step may hold further steps. */
  step<T>(title: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  /** One line of its own, for facts such as "reused". */
  note(text: string): void;
}

export interface ProgressOptions {
  out?: Writable;
  /** A step that takes longer says so every `everyMs`. */
  everyMs?: number;
  quiet?: boolean;
}

/**
 * Lines, not a redrawn screen: the same in a terminal, in CI and in a log file, and parallel steps cannot
 * garble one another. A step that ends within two seconds is one line; a longer one also reports on the way.
 */
export function lineProgress(options: ProgressOptions = {}): Progress {
  const pc = colorsFor('stderr');
  const out = options.out ?? process.stderr;
  const everyMs = options.everyMs ?? 10_000;
  const write = (line: string) => {
    if (!options.quiet) out.write(`${line}\n`);
  };
  return {
    note: (text) => write(`${pc.dim('·')} ${text}`),
    async step(title, work) {
      const start = monotonicMs();
      const elapsed = () => formatMs(monotonicMs() - start);
      let detail = '';
      const tell = () =>
        write(`${pc.cyan('…')} ${title}${detail ? ` ${pc.dim(`(${detail})`)}` : ''} ${elapsed()}`);
      const first = setTimeout(tell, 2_000);
      const timer = setInterval(tell, everyMs);
      try {
        const result = await work((text) => {
          detail = text;
        });
        write(`${pc.green('✓')} ${title} ${pc.dim(elapsed())}`);
        return result;
      } catch (error) {
        write(`${pc.red('✗')} ${title} ${pc.dim(elapsed())}`);
        throw error;
      } finally {
        clearTimeout(first);
        clearInterval(timer);
      }
    },
  };
}

/** Says nothing: for `--json` and for tests. */
export const silent: Progress = {
  step: (_title, work) => work(() => {}),
  note: () => {},
};
