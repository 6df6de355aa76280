import { UsageError } from '../base/errors.ts';
import type { ImplementationRef } from '../clusters/implementations/implementation.ts';
import { findImplementation, knownImplementations } from '../clusters/implementations/registry.ts';
import { TOPOLOGIES, type Topology } from '../clusters/topology.ts';
import { didYouMean } from '../harness/scenario/problem.ts';
import { implementationName } from '../reports/record/implementation-name.ts';

/** What one run of a matrix is about. */
export interface Subject {
  implementation: ImplementationRef;
  topology: Topology;
}

export interface SubjectFlags {
  /** `metallb@0.14.9,0.16.1,cilium`; without it, every one that is pinned. */
  implementation?: string | undefined;
  /** `dual,ipv6`. */
  topology: string;
}

/** Every implementation on every topology, each once. @throws UsageError for what is not known */
export async function subjectsOf({ implementation, topology }: SubjectFlags): Promise<Subject[]> {
  const topologies = topologiesOf(topology);
  const names = implementation === undefined ? await knownImplementations() : namesOf(implementation);
  const refs = await Promise.all(names.map(async (name) => (await findImplementation(name)).ref));
  const once = new Map(refs.map((ref) => [implementationName(ref), ref]));
  return [...once.values()].flatMap((ref) =>
    topologies.map((one) => ({ implementation: ref, topology: one })),
  );
}

/**
 * `metallb@0.14.9,0.16.1,cilium` → `metallb@0.14.9`, `metallb@0.16.1`, `cilium`: a version alone is one of the
 * implementation before it.
 */
export function namesOf(list: string): string[] {
  let name: string | undefined;
  return partsOf('--implementation', list).map((part) => {
    if (!/^v?\d/.test(part)) {
      name = part.split(/[@/]/)[0];
      return part;
    }
    if (name !== undefined) return `${name}@${part}`;
    throw new UsageError(
      'DUALVIP_FLAG_INVALID',
      `--implementation ${list}: ${part} is a version of nothing`,
      {
        hint: `Write for instance --implementation metallb@${list}.`,
      },
    );
  });
}

function topologiesOf(list: string): Topology[] {
  const topologies = partsOf('--topology', list).map((part) => {
    const topology = TOPOLOGIES.find((one) => one === part);
    if (topology) return topology;
    throw new UsageError('DUALVIP_FLAG_INVALID', `no topology "${part}"${didYouMean(part, TOPOLOGIES)}`, {
      hint: `There is: ${TOPOLOGIES.join(', ')}.`,
    });
  });
  return [...new Set(topologies)];
}

function partsOf(flag: string, list: string): string[] {
  const parts = list.split(',').map((part) => part.trim());
  if (parts.every((part) => part !== '')) return parts;
  throw new UsageError('DUALVIP_FLAG_INVALID', `${flag} ${list}: a part of the list is empty`, {
    hint: 'Separate with single commas, and put quotes around a list with spaces.',
  });
}
