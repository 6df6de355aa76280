import type { Progress } from '../base/progress.ts';

/** What every command gets beside its own arguments. */
export interface CommandContext {
  signal: AbortSignal;
  progress: Progress;
  /** When the command began, on `monotonicMs()`. */
  origin: number;
  /** Standard output. */
  print: (text: string) => void;
  /** Writes the commands in a text as the user types them; progress and print do so by themselves. */
  typed?: (text: string) => string;
}
