import { describe, expect, it } from 'vitest';

import { FakeApiServer, json, status } from '../../clusters/kubernetes/fake-api-server.ts';
import { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { liveState } from './live-state.ts';

const { signal } = new AbortController();

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'web',
    namespace: 'shop',
    managedFields: [{ manager: 'kubectl' }],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"password":"sesame"}' },
  },
};

const peer = {
  apiVersion: 'metallb.io/v1beta2',
  kind: 'BGPPeer',
  metadata: { name: 'tor' },
  spec: { password: 'sesame', peerASN: 64_512, raw: { rawConfig: 'neighbor 10.0.0.1 password sesame' } },
};

/** What an implementation shows of itself. */
function evidence(): Promise<Record<string, string>> {
  return Promise.resolve({
    'metallb/BGPPeer.json': JSON.stringify([peer]),
    'logs/controller.log': 'said\n',
  });
}

describe('liveState', () => {
  it('has the Service and what the implementation shows, without passwords', async () => {
    await using server = await FakeApiServer.start({
      'GET /api/v1/namespaces/shop/events': (response) =>
        json(response, status(403, 'Forbidden', 'events is forbidden'), 403),
    });
    await using client = new KubernetesClient(server.access);
    const files = await liveState({ client, implementation: { evidence }, service, signal });
    expect(Object.keys(files)).toEqual([
      'service.yaml',
      'events.yaml',
      'endpointslices.yaml',
      'metallb/BGPPeer.json',
      'logs/controller.log',
    ]);
    expect(files['service.yaml']).toBe(
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: shop\n',
    );
    // What may not be read says so, and nothing fails.
    expect(files['events.yaml']).toMatch(/^could not be taken: /);
    expect(files['metallb/BGPPeer.json']).toContain('"peerASN": 64512');
    expect(Object.values(files).join('\n')).not.toContain('sesame');
  });
});
