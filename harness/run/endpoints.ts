import { z } from 'zod';

import { readAs } from '../../clusters/kubernetes/objects.ts';
import type { EndpointsObservation } from '../../reports/record/record.ts';
import type { Session } from './session.ts';

const sliceSchema = z.looseObject({
  endpoints: z
    .array(
      z.looseObject({
        nodeName: z.string().optional(),
        conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}),
        targetRef: z.looseObject({ name: z.string().optional() }).optional(),
      }),
    )
    .nullish(),
});

export interface Endpoints {
  /** Pod → node, of the ready ones. */
  pods: ReadonlyMap<string, string>;
  observation: Omit<EndpointsObservation, 'at'>;
}

/** Where the ready backends of a Service are, and which nodes could announce it. */
export async function endpointsOf(options: {
  step: string;
  service: string;
  session: Session;
  signal: AbortSignal;
}): Promise<Endpoints> {
  const { step, service, session, signal } = options;
  const { client, nodes } = session.cluster;
  const { items } = await client.list(
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    { namespace: session.namespace, labelSelector: `kubernetes.io/service-name=${service}`, signal },
  );
  const pods = new Map(
    items
      .flatMap((item) => readAs(sliceSchema, item).endpoints ?? [])
      // A condition that is not told counts as true: EndpointConditions in the API's reference.
      .filter(({ conditions }) => conditions.ready ?? true)
      .flatMap(({ targetRef, nodeName }) =>
        targetRef?.name === undefined || nodeName === undefined ? [] : [[targetRef.name, nodeName] as const],
      ),
  );
  const workers = nodes.filter(({ role }) => role === 'worker').map(({ name }) => name);
  const backends = [...new Set(pods.values())].sort();
  return { pods, observation: { kind: 'endpoints', step, service, workers, backends } };
}
