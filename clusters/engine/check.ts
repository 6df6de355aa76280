/** One thing that a run needs of the machine, as `doctor` shows it. */
export interface Check {
  /** Stable, for scripts: `ipv6`. */
  id: string;
  /** For people: `IPv6 in the kernel`. */
  what: string;
  found: string;
  needed: string;
  /** `warn` works, with a limit or in part; `fail` does not work. */
  status: 'ok' | 'warn' | 'fail';
  /** What to do about it; only where the status is not `ok`. */
  fix?: string;
}

/** A check from its verdict: the fix is dropped when nothing needs mending. */
export function check(fields: Omit<Check, 'fix'> & { fix: string }): Check {
  const { fix, ...rest } = fields;
  return rest.status === 'ok' ? rest : { ...rest, fix };
}

/** `7.6 GiB`, with one digit after the point. */
export function formatGiB(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
