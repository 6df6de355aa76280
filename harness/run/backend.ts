import { timeoutMs } from '../../base/timeouts.ts';
import type { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import type { KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import { rolloutComplete } from '../../clusters/kubernetes/rollout.ts';
import { waitFor } from '../../clusters/kubernetes/waiting.ts';
import { RUN_LABEL } from './left-over.ts';
import { SHARED_BACKEND } from '../scenario/service-check.ts';

export interface BackendOptions {
  client: KubernetesClient;
  namespace: string;
  image: string;
  runId: string;
  signal: AbortSignal;
}

/** Makes a run's namespace and the backend that its scenarios share: agnhost's netexec on port 8080. */
export async function startBackend({
  client,
  namespace,
  image,
  runId,
  signal,
}: BackendOptions): Promise<void> {
  await client.applyAll(backendObjects({ namespace, image, runId }), { signal });
  await waitFor(client, {
    ref: { apiVersion: 'apps/v1', kind: 'Deployment', name: SHARED_BACKEND, namespace },
    what: 'the shared backend',
    until: rolloutComplete,
    timeoutMs: timeoutMs('backendReady'),
    signal,
    hint: `Look at \`kubectl get pods,events --namespace ${namespace}\` with the cluster's kubeconfig.`,
  });
}

export function backendObjects({
  namespace,
  image,
  runId,
}: Omit<BackendOptions, 'client' | 'signal'>): KubernetesObject[] {
  const labels = { app: SHARED_BACKEND };
  const container = {
    name: SHARED_BACKEND,
    image,
    imagePullPolicy: 'IfNotPresent',
    // What asks for nothing gets nothing while others are busy, and a backend that starves looks like a VIP that is
    // gone. Small enough for two of them on a node with one processor.
    resources: { requests: { cpu: '250m' } },
    args: ['netexec', '--http-port=8080', '--udp-port=8081'],
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 },
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { [RUN_LABEL]: runId } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: SHARED_BACKEND, namespace },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { terminationGracePeriodSeconds: 1, containers: [container] },
        },
      },
    },
  ];
}
