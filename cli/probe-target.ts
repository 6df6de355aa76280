import { canonical, familyOf, parseAddress, type Family } from '../base/addresses.ts';
import { UsageError } from '../base/errors.ts';
import { isNotFound } from '../clusters/kubernetes/api-error.ts';
import type { KubernetesClient } from '../clusters/kubernetes/client.ts';
import { readAs, serviceSchema, type Service } from '../clusters/kubernetes/objects.ts';
import { serviceUnknown } from '../harness/diagnosis/service-unknown.ts';

/** What was given on the command line: an address, or a name that a Service can have. */
export type Target = { address: string } | { service: string };

/** A DNS label, RFC 1035: what the API takes for a Service's name. Nothing that is like an address is one. */
const SERVICE_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** @throws UsageError `DUALVIP_TARGET_INVALID` */
export function readTarget(text: string): Target {
  const address = addressIn(text);
  if (address !== undefined) return { address };
  if (SERVICE_NAME.test(text)) return { service: text };
  throw new UsageError(
    'DUALVIP_TARGET_INVALID',
    `"${text}" is not an IPv4 or IPv6 address, and cannot be the name of a Service`,
    { hint: 'Write an address alone, such as 172.18.255.1 or fd00:1::1, with --port beside it.' },
  );
}

function addressIn(text: string): string | undefined {
  try {
    return canonical(parseAddress(text));
  } catch {
    return undefined;
  }
}

export interface ServiceVips {
  /** `default/web`, for people. */
  name: string;
  /** In the order of the status; none while it is Pending. */
  addresses: string[];
  /** The families of its `ipFamilies` that it has no address of. */
  missing: Family[];
  /** The first of its ports. */
  port: number | undefined;
}

export interface ServiceQuery {
  name: string;
  namespace: string;
  signal: AbortSignal;
}

/**
 * Every address of a Service of type LoadBalancer.
 * @throws UsageError `DUALVIP_SERVICE_UNKNOWN`, `DUALVIP_SERVICE_TYPE`
 */
export async function vipsOf(
  client: Pick<KubernetesClient, 'get' | 'list'>,
  { name, namespace, signal }: ServiceQuery,
): Promise<ServiceVips> {
  const ref = { apiVersion: 'v1', kind: 'Service', name, namespace };
  let service: Service;
  try {
    service = readAs(serviceSchema, await client.get(ref, { signal }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const { items } = await client.list({ apiVersion: 'v1', kind: 'Service' }, { signal });
    throw serviceUnknown({ name, namespace }, items);
  }
  const { type = 'ClusterIP', ports, ipFamilies } = service.spec;
  if (type !== 'LoadBalancer') {
    throw new UsageError(
      'DUALVIP_SERVICE_TYPE',
      `Service ${namespace}/${name} is no LoadBalancer but of type ${type}: it gets no address outside of the cluster`,
      { hint: 'Give it `type: LoadBalancer`, or name one that has it.' },
    );
  }
  const addresses = service.status.loadBalancer.ingress.flatMap(({ ip }) => (ip ? [canonical(ip)] : []));
  const missing = ipFamilies.filter((family) => !addresses.some((address) => familyOf(address) === family));
  return { name: `${namespace}/${name}`, addresses, missing, port: ports[0]?.port };
}
