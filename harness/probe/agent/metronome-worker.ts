import { parentPort, workerData } from 'node:worker_threads';

import { monotonicMs } from '../../../base/clock.ts';

/** Never written to: waiting for it to change is a sleep that takes fractions of a millisecond. */
const asleep = new Int32Array(new SharedArrayBuffer(4));
const intervalMs = Number(workerData);

let due = monotonicMs();
for (;;) {
  due += intervalMs;
  const now = monotonicMs();
  // Beats that were missed are not made up for.
  if (due < now - intervalMs) due = now;
  if (due > now) Atomics.wait(asleep, 0, 0, due - now);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's, this is a thread's
  parentPort?.postMessage(null);
}
