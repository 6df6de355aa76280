import { z } from 'zod';

import type { Family } from '../../base/addresses.ts';
import type { FactsClient } from '../../clusters/implementations/facts.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';
import {
  eventSchema,
  nodeSchema,
  objectSchema,
  readAs,
  type Event,
  type KubernetesObject,
} from '../../clusters/kubernetes/objects.ts';
import { serviceCIDRsOf } from '../../clusters/kubernetes/service-cidrs.ts';
import type { EndpointFacts, Facts, NodeFacts } from './facts.ts';
import { serviceFacts } from './service-facts.ts';
import { serviceUnknown } from './service-unknown.ts';

export interface GatherOptions {
  client: FactsClient;
  implementation: Pick<Implementation, 'facts' | 'telling'>;
  namespace: string;
  name: string;
  /** The families of which the Service should have an address, where its spec does not decide. */
  wanted?: readonly Family[] | undefined;
  signal: AbortSignal;
}

/**
 * Reads what the API knows of a Service and its surroundings; writes nothing.
 * @throws UsageError `DUALVIP_SERVICE_UNKNOWN`, and what KubernetesClient throws
 */
export async function gatherFacts(options: GatherOptions): Promise<Facts> {
  const { client, implementation, namespace, name, wanted, signal } = options;
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Service' }, { signal });
  const object = items.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (!object) throw serviceUnknown(options, items);
  const [own, events, nodes, serviceCIDRs, endpoints] = await Promise.all([
    implementation.facts(client, signal),
    eventsOf(client, object, signal),
    client.list({ apiVersion: 'v1', kind: 'Node' }, { signal }),
    serviceCIDRsOf(client, signal),
    endpointsOf(client, { namespace, name, signal }),
  ]);
  const read = (one: KubernetesObject) => serviceFacts(one, own.annotations);
  const service = read(object);
  const told = implementation.telling(events, conditionsOf(object), service.addresses);
  return {
    service,
    ...(wanted ? { wanted } : {}),
    ...(told ? { told } : {}),
    others: items.filter((one) => one !== object).map(read),
    cluster: {
      serviceCIDRs,
      podCIDRs: nodes.items.flatMap((node) => readAs(nodeSchema, node).spec.podCIDRs),
    },
    nodes: nodes.items.map(nodeFacts),
    endpoints,
    implementation: own,
  };
}

function nodeFacts(object: KubernetesObject): NodeFacts {
  const { metadata, status } = readAs(nodeSchema, object);
  return {
    name: metadata.name,
    excluded: 'node.kubernetes.io/exclude-from-external-load-balancers' in (metadata.labels ?? {}),
    networkUnavailable: status.conditions.some(
      ({ type, status: value }) => type === 'NetworkUnavailable' && value === 'True',
    ),
  };
}

/** Events on this very Service, oldest first: one that had its name before has another uid. */
async function eventsOf(
  client: FactsClient,
  service: KubernetesObject,
  signal: AbortSignal,
): Promise<Event[]> {
  const { namespace, uid } = service.metadata;
  const fieldSelector = `involvedObject.kind=Service,involvedObject.uid=${uid ?? ''}`;
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Event' },
    { namespace, fieldSelector, signal },
  );
  return items.map((item) => readAs(eventSchema, item)).toSorted((a, b) => timeOf(a) - timeOf(b));
}

function timeOf({ lastTimestamp, eventTime, firstTimestamp }: Event): number {
  return Date.parse(lastTimestamp ?? eventTime ?? firstTimestamp ?? '') || 0;
}

const conditionsSchema = z.looseObject({
  status: z
    .looseObject({
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .default([]),
    })
    .default({ conditions: [] }),
});

function conditionsOf(service: KubernetesObject) {
  return readAs(conditionsSchema, service).status.conditions;
}

const endpointSliceSchema = objectSchema.extend({
  addressType: z.string(),
  endpoints: z
    .array(
      z.looseObject({
        nodeName: z.string().optional(),
        // Absent is to be taken for ready (discovery.k8s.io/v1, EndpointConditions).
        conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}),
      }),
    )
    .nullish()
    .transform((list) => list ?? []),
});

interface EndpointOptions {
  namespace: string;
  name: string;
  signal: AbortSignal;
}

async function endpointsOf(
  client: FactsClient,
  { namespace, name, signal }: EndpointOptions,
): Promise<EndpointFacts[]> {
  const { items } = await client.list(
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
    { namespace, labelSelector: `kubernetes.io/service-name=${name}`, signal },
  );
  return items.flatMap((item) => {
    const { addressType, endpoints } = readAs(endpointSliceSchema, item);
    // The third type is FQDN.
    if (addressType !== 'IPv4' && addressType !== 'IPv6') return [];
    return endpoints.map(({ nodeName, conditions }): EndpointFacts => ({
      family: addressType,
      ...(nodeName === undefined ? {} : { node: nodeName }),
      ready: conditions.ready ?? true,
    }));
  });
}
