import { z } from 'zod';

import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import { nodeSchema, readAs } from '../../clusters/kubernetes/objects.ts';
import type { Session } from './session.ts';

/** Of networking.k8s.io/v1, since Kubernetes 1.33. */
const serviceCidrSchema = z.looseObject({ spec: z.looseObject({ cidrs: z.array(z.string()) }) });

/** Reads what the guide has its readers check: `kubectl get nodes`, their pod CIDRs, the Services' CIDRs. */
export async function runPrerequisitesStep(options: {
  step: string;
  session: Session;
  signal: AbortSignal;
}): Promise<void> {
  const { step, session, signal } = options;
  const { client } = session.cluster;
  const [nodes, cidrs] = await Promise.all([
    client.list({ apiVersion: 'v1', kind: 'Node' }, { signal }),
    client.list({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' }, { signal }),
  ]);
  session.log.add({
    kind: 'prerequisites',
    step,
    services: familiesOf(cidrs.items.flatMap((item) => readAs(serviceCidrSchema, item).spec.cidrs)),
    nodes: nodes.items.map((item) => {
      const { metadata, spec, status } = readAs(nodeSchema, item);
      const internal = status.addresses.filter(({ type }) => type === 'InternalIP');
      return {
        name: metadata.name,
        addresses: familiesOf(internal.map(({ address }) => address)),
        pods: familiesOf(spec.podCIDRs),
      };
    }),
  });
}

/** The families of addresses and CIDRs, each once. */
function familiesOf(texts: readonly string[]): Family[] {
  const found = new Set(texts.map((text) => familyOf(text.replace(/\/.*/, ''))));
  return FAMILIES.filter((family) => found.has(family));
}
