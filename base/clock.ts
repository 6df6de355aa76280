/**
 * Milliseconds on CLOCK_MONOTONIC, as a float with nanosecond source. All processes and containers of one
 * machine share this clock, so timestamps taken in the probe container and in the harness can be compared.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** `1.2 s`, `350 ms` or `2 min 03 s`, for people. */
export function formatMs(ms: number): string {
  // The bounds are where rounding would give 1000 ms and 60.0 s.
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
