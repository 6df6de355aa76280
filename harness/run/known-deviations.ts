import type { ImplementationRef } from '../../clusters/implementations/implementation.ts';
import type { Topology } from '../../clusters/topology.ts';
import { loadDeviations, type Deviation } from '../deviation/deviation.ts';
import { modelOf } from '../model/cases.ts';
import { loadModelDeviations, modelDeviationsOf } from '../model/deviation.ts';
import type { Scenario } from '../scenario/schema.ts';

/** Those of the scenarios, and those that the model's rules lead to. */
export async function knownDeviations(
  ref: ImplementationRef,
  { scenarios, topology }: { scenarios: readonly Scenario[]; topology: Topology },
): Promise<Deviation[]> {
  const rules = await loadModelDeviations(ref.name);
  return [
    ...(await loadDeviations(ref.name, scenarios)),
    ...modelDeviationsOf(rules, modelOf(topology).cases, ref),
  ];
}
