/** Exit codes of every command: 0 as expected, 1 a verdict differs, 2 the harness failed, 64 usage. */
export const EXIT = { ok: 0, verdict: 1, harness: 2, usage: 64 } as const;

export interface HarnessErrorOptions {
  /** What the user can do about it, one or two sentences. */
  hint?: string;
  cause?: unknown;
  /** Path of a file that holds the rest (a log, an evidence folder). */
  evidence?: string;
}

/**
 * The one base class of expected failures. The user sees `message` and `hint`; the log the rest.
 * `code` is stable and begins with `DUALVIP_`, so that scripts and tests can tell failures apart.
 */
export class HarnessError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly evidence: string | undefined;
  readonly exitCode: number = EXIT.harness;

  constructor(code: `DUALVIP_${string}`, message: string, options: HarnessErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HarnessError';
    this.code = code;
    this.hint = options.hint;
    this.evidence = options.evidence;
  }
}

/** The user asked for something that cannot be: a flag, a file, a version. Exit code 64. */
export class UsageError extends HarnessError {
  override readonly exitCode = EXIT.usage;

  constructor(code: `DUALVIP_${string}`, message: string, options: HarnessErrorOptions = {}) {
    super(code, message, options);
    this.name = 'UsageError';
  }
}

/** The message of anything that was thrown; of what failed one after another in cleaning up, of the first. */
export function messageOf(error: unknown): string {
  if (error instanceof SuppressedError) return messageOf(error.suppressed);
  return error instanceof Error ? error.message : String(error);
}
