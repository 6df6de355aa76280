import { expect, it } from 'vitest';

import { removeApplied } from './applied-removal.ts';
import { KubernetesClient } from './kubernetes/client.ts';
import { FakeApiServer, json, list, status, type Route } from './kubernetes/fake-api-server.ts';

const gone: Route = (response) => json(response, status(404, 'NotFound', 'not found'), 404);
const object = (apiVersion: string, kind: string, name: string, namespace?: string) => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

it('takes webhooks away first, and leaves what is in a namespace to that', async () => {
  const webhooks = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  await using server = await FakeApiServer.start({
    'GET /apis/admissionregistration.k8s.io/v1': (response) =>
      json(response, {
        kind: 'APIResourceList',
        resources: [
          {
            name: 'validatingwebhookconfigurations',
            kind: 'ValidatingWebhookConfiguration',
            namespaced: false,
          },
        ],
      }),
    [`DELETE ${webhooks}/hook`]: gone,
    'DELETE /api/v1/namespaces/metallb-system': (response) =>
      json(response, { kind: 'Status', details: { uid: '1' } }),
    'GET /api/v1/namespaces': (response) => json(response, list([], '5')),
    'DELETE /api/v1/namespaces/kube-system/services/outside': gone,
  });
  await using client = new KubernetesClient(server.access);
  const objects = [
    object('v1', 'Namespace', 'metallb-system'),
    object('v1', 'Service', 'inside', 'metallb-system'),
    object('v1', 'Service', 'outside', 'kube-system'),
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'hook'),
  ];
  await removeApplied(client, objects, new AbortController().signal);
  const deleted = server.calls.filter((call) => call.startsWith('DELETE '));
  expect(deleted[0]).toBe(`DELETE ${webhooks}/hook`);
  expect(deleted.slice(1).toSorted()).toEqual([
    'DELETE /api/v1/namespaces/kube-system/services/outside',
    'DELETE /api/v1/namespaces/metallb-system',
  ]);
});
