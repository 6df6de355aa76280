/**
 * As Promise.all, for work that must not go on behind an error: the first failure aborts the others' signal,
 * and is thrown when all have ended.
 */
export async function together<T extends readonly unknown[] | []>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const scope = new AbortController();
  const promises = start(AbortSignal.any([signal, scope.signal]));
  for (const promise of promises) Promise.resolve(promise).catch((error: unknown) => scope.abort(error));
  await Promise.allSettled(promises);
  scope.signal.throwIfAborted();
  return Promise.all(promises);
}
