import { kubeconfigPath, readClusterState } from '../clusters/cluster-state.ts';
import type { Docker } from '../clusters/docker.ts';
import { describeFault, faultPlace } from '../clusters/faults/fault.ts';
import { Faults } from '../clusters/faults/faults.ts';
import { FaultJournal } from '../clusters/faults/journal.ts';
import { findImplementation } from '../clusters/implementations/registry.ts';
import { KubernetesClient } from '../clusters/kubernetes/client.ts';
import { readKubeconfig } from '../clusters/kubernetes/kubeconfig.ts';
import { implementationName } from '../reports/record/implementation-name.ts';

/** A removal is not to wait for long on what it takes away anyway. */
const WITHIN_MS = 15_000;

/**
 * Takes back what the removal of a cluster's nodes would not, and gives, in words, the faults that a killed run
 * has left it under. Nothing that goes wrong here keeps the cluster from being removed.
 */
export async function undoFaultsBeforeRemoval(
  docker: Docker,
  name: string,
  signal: AbortSignal,
): Promise<string[]> {
  const journal = new FaultJournal(name);
  const entries = await journal.entries().catch(() => []);
  const state = entries.length > 0 ? await readClusterState(name) : undefined;
  if (!state) return [];
  const words = entries.map(({ fault, run }) => `${describeFault(fault)}, left by run ${run}`);
  try {
    await using client = new KubernetesClient(await readKubeconfig(kubeconfigPath(name)));
    const place = faultPlace(
      { docker, client, state },
      await findImplementation(implementationName(state.implementation)),
    );
    const bound = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
    await new Faults({ place, journal }).undoBeforeRemoval(bound);
  } catch {
    signal.throwIfAborted();
  }
  return words;
}
