import { inject } from 'vitest';

import { presentEngine, type Prepared } from '../cli/prepare.ts';
import { openCluster, type Cluster } from '../clusters/cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The name of the cluster that global-setup.ts has made. */
    sharedCluster: string;
  }
}

/** The name of the cluster that all files share: dual, two workers, the default implementation. */
export function sharedName(): string {
  return inject('sharedCluster');
}

/** Opens the shared cluster. Disposing closes the connection; the cluster stays for the other files. */
export async function openShared(): Promise<Prepared & { cluster: Cluster } & AsyncDisposable> {
  const signal = AbortSignal.timeout(180_000);
  const prepared = await presentEngine(signal);
  const cluster = await openCluster(prepared.docker, sharedName(), signal);
  return { ...prepared, cluster, [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose]() };
}
