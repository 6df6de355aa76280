import { HarnessError } from './errors.ts';

/** As Node writes it: `ENOSPC: no space left on device, write`. EDQUOT is a quota that is used up. */
const DISK_FULL = /\b(ENOSPC|EDQUOT): /;

/** Whether something failed for want of room, by its message: what comes from Vitest has no code any more. */
export function isDiskFull(error: unknown): boolean {
  const isObject = typeof error === 'object' && error !== null && 'message' in error;
  return DISK_FULL.test(String(isObject ? error.message : error));
}

/** What the user is told, once, whatever could not be written. */
export function diskFullError(folder: string, cause: unknown): HarnessError {
  return new HarnessError('DUALVIP_DISK_FULL', `there is no room left for the run in ${folder}`, {
    cause,
    hint: 'Make room, or name another disk by --reports, and run again; `dualvip report RUN` reads what was written by then.',
  });
}
