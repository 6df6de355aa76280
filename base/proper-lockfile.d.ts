/** As far as it is used here; the package brings no types. */
declare module 'proper-lockfile' {
  interface LockOptions {
    /** Milliseconds after which a lock that was not renewed counts as left behind. */
    stale?: number;
    onCompromised?: (error: Error) => void;
  }
  const lockfile: {
    /** Rejects with an error of code `ELOCKED` when another has it; else gives the function that releases it. */
    lock(file: string, options?: LockOptions): Promise<() => Promise<void>>;
    /** Whether somebody has it. */
    check(file: string, options?: Pick<LockOptions, 'stale'>): Promise<boolean>;
  };
  export default lockfile;
}
