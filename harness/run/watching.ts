import { canonical } from '../../base/addresses.ts';
import type { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { eventSchema, readAs, serviceSchema } from '../../clusters/kubernetes/objects.ts';
import type { ObservationLog } from './observation-log.ts';

export interface WatchingOptions {
  client: KubernetesClient;
  namespace: string;
  log: ObservationLog;
  signal: AbortSignal;
}

/**
 * Watches the Services of a namespace and the events on them into the log, until the signal. Rejects only for
 * trouble that a watch cannot wait out.
 */
export async function watchNamespace({ client, namespace, log, signal }: WatchingOptions): Promise<void> {
  const services = async () => {
    for await (const { type, object, at } of client.watch(
      { apiVersion: 'v1', kind: 'Service' },
      { namespace, signal },
    )) {
      const { metadata, spec, status } = readAs(serviceSchema, object);
      log.add({
        kind: 'service',
        at: log.since(at),
        service: metadata.name,
        uid: metadata.uid ?? '',
        deleted: type === 'DELETED',
        ...(spec.ipFamilyPolicy ? { ipFamilyPolicy: spec.ipFamilyPolicy } : {}),
        ipFamilies: spec.ipFamilies,
        clusterIPs: spec.clusterIPs,
        addresses: status.loadBalancer.ingress.flatMap(({ ip }) => (ip ? [canonical(ip)] : [])),
        conditions: (status.conditions ?? []).map(
          ({ type: name, status: value, reason = '', message = '' }) => ({
            type: name,
            status: value,
            reason,
            message,
          }),
        ),
        namespace,
        ...(spec.type ? { type: spec.type } : {}),
        ...(spec.loadBalancerClass ? { loadBalancerClass: spec.loadBalancerClass } : {}),
        ...(metadata.labels ? { labels: metadata.labels } : {}),
        ...(metadata.annotations ? { annotations: metadata.annotations } : {}),
        ports: spec.ports.map(({ protocol, port }) => `${protocol}/${port}`),
      });
    }
  };
  const events = async () => {
    const selector = { namespace, fieldSelector: 'involvedObject.kind=Service', signal };
    for await (const { type, object, at } of client.watch({ apiVersion: 'v1', kind: 'Event' }, selector)) {
      if (type === 'DELETED') continue;
      const event = readAs(eventSchema, object);
      log.add({
        kind: 'event',
        at: log.since(at),
        service: event.involvedObject.name ?? '',
        uid: event.involvedObject.uid ?? '',
        type: event.type ?? '',
        reason: event.reason ?? '',
        message: event.message ?? '',
        source: event.source?.component || event.reportingComponent || '',
      });
    }
  };
  await Promise.all([services(), events()]);
}
