import type { Progress } from '../../base/progress.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import { describeFault, faultPlace } from '../../clusters/faults/fault.ts';
import { Faults } from '../../clusters/faults/faults.ts';
import { FaultJournal } from '../../clusters/faults/journal.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';
import { clusterNodes } from '../../clusters/nodes.ts';

export interface HealOptions {
  progress: Pick<Progress, 'step' | 'note'>;
  /** What a worker that was ended has begun may still be under way in the engine. */
  interrupted?: boolean;
}

/**
 * Heals the faults that the cluster's journal still has, and says so: those of a run that was killed, and of a
 * scenario that was interrupted. To be called by who has the cluster's lock. Not bound to the run's signal, as an
 * interruption is what it is for.
 * @throws HarnessError `DUALVIP_FAULT_NOT_HEALED`
 */
export async function healLeftFaults(
  cluster: Cluster,
  implementation: Pick<Implementation, 'controller' | 'speakers' | 'whenServing'>,
  { progress, interrupted = false }: HealOptions,
): Promise<void> {
  const { docker, nodes, state } = cluster;
  const faults = new Faults({
    place: faultPlace(cluster, implementation),
    journal: new FaultJournal(state.name),
  });
  const left = await faults.active();
  if (left.length === 0) return;
  const words = left.map(({ fault, run }) => `${describeFault(fault)}, left by run ${run}`);
  await progress.step(`healing ${words.join('; ')}`, () => faults.healAll({ twice: interrupted }));
  // A node that was stopped was not among them, and may have other addresses now.
  nodes.splice(0, nodes.length, ...(await clusterNodes(docker, state.name, state.network.name)));
}
