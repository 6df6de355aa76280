import pMap from 'p-map';

import { HarnessError, messageOf } from '../../base/errors.ts';

export interface BatchOptions {
  concurrency: number;
  signal?: AbortSignal | undefined;
  /** What did not happen to those that failed, as in "2 of 3 were not <applied>". */
  done: 'applied' | 'deleted';
}

/**
 * Does the work for each item, and for all of them whatever fails, so that nothing is left out and nothing goes
 * on in the background after the error.
 * @throws the one failure as it is, or HarnessError `DUALVIP_BATCH_FAILED` that lists several.
 */
export async function runBatch<T, R>(
  items: readonly T[],
  { done, ...options }: BatchOptions,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  try {
    return await pMap(items, work, { ...options, stopOnError: false });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof AggregateError)) throw error;
    if (error.errors.length === 1) throw error.errors[0];
    throw new HarnessError(
      'DUALVIP_BATCH_FAILED',
      `${error.errors.length} of ${items.length} were not ${done}:\n${error.errors.map(messageOf).join('\n')}`,
      { cause: error },
    );
  }
}
