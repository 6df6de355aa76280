import { z } from 'zod';

import { canonical, familyOf, parseAddress, type Family } from '../../base/addresses.ts';
import { readAs, serviceSchema, type KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import type { Facts } from '../diagnosis/facts.ts';
import { SHARED_BACKEND } from '../scenario/service-check.ts';
import { isInside, type LivePool } from './live-pools.ts';

/** For documentation (RFC 5737, RFC 3849): in the place of a requested address that no pool has. */
const OF_NO_POOL: Record<Family, string> = { IPv4: '192.0.2.1', IPv6: '2001:db8::1' };

/** agnhost's netexec. */
const BACKEND_PORTS: Record<string, number> = { TCP: 8080, UDP: 8081 };

/** What decides about addresses and reachability, and is the same in any cluster. */
const KEPT = [
  'type',
  'ipFamilyPolicy',
  'ipFamilies',
  'loadBalancerClass',
  'externalTrafficPolicy',
  'internalTrafficPolicy',
  'sessionAffinity',
  'allocateLoadBalancerNodePorts',
  'publishNotReadyAddresses',
] as const;

const specSchema = z.looseObject({ spec: z.looseObject({ loadBalancerIP: z.string().optional() }) });

/** The Service as a scenario's manifest: the same spec, before the harness's backend. */
export function liveService(
  object: KubernetesObject,
  { facts, pools, notes }: { facts: Facts; pools: readonly LivePool[]; notes: string[] },
): KubernetesObject {
  const { metadata, spec } = readAs(serviceSchema, object);
  const { loadBalancerIP } = readAs(specSchema, object).spec;
  const isServed = facts.endpoints.some(({ ready }) => ready);
  if (!isServed) notes.push('the Service had no ready endpoint, and selects no pod here');
  for (const key of Object.keys(spec)) {
    if (key === 'loadBalancerSourceRanges') notes.push(`the Service's ${key} are left out`);
  }
  const annotations = requestsOf(facts, pools, notes);
  const ports = spec.ports.map(({ name, port, protocol }) => ({
    ...(name === undefined ? {} : { name }),
    port,
    protocol,
    targetPort: BACKEND_PORTS[protocol] ?? port,
  }));
  const bySpec = loadBalancerIP === undefined ? undefined : placeOf(loadBalancerIP, pools, notes);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: metadata.name,
      ...(Object.keys(metadata.labels ?? {}).length > 0 ? { labels: metadata.labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      ...Object.fromEntries(KEPT.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]]))),
      ...(bySpec === undefined ? {} : { loadBalancerIP: bySpec }),
      selector: { app: isServed ? SHARED_BACKEND : 'nobody' },
      ports,
    },
  };
}

/** What it asks for, by the annotations of whatever version runs the scenario. */
function requestsOf(facts: Facts, pools: readonly LivePool[], notes: string[]): Record<string, string> {
  const { addresses, places, pool, share } = facts.service.request;
  const annotated = places.some((place) => place.startsWith('annotation '));
  const named = pools.find(({ was }) => was === pool);
  return {
    ...(annotated
      ? { '${annotation.addresses}': addresses.map((one) => placeOf(one, pools, notes)).join(',') }
      : {}),
    ...(pool === undefined
      ? {}
      : { '${annotation.pool}': named ? `\${pool.${named.pool.name}}` : 'no-such-pool' }),
    ...(share === undefined ? {} : { '${annotation.share}': share }),
  };
}

/** An address of the same range. */
function placeOf(text: string, pools: readonly LivePool[], notes: string[]): string {
  let address: string;
  try {
    address = canonical(parseAddress(text));
  } catch {
    return text;
  }
  const range = pools.flatMap(({ ranges }) => ranges).find((one) => isInside(address, one.text));
  if (!range) {
    notes.push('a requested address that no pool has is one for documentation here');
    return OF_NO_POOL[familyOf(address)];
  }
  const end = range.text.endsWith(`-${address}`) && !range.text.startsWith(`${address}-`) ? 'last' : 'first';
  return `\${${range.name}.${end}}`;
}
