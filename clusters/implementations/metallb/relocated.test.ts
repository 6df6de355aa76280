import { once } from 'node:events';

import { describe, expect, it } from 'vitest';

import { KubernetesClient } from '../../kubernetes/client.ts';
import { FakeApiServer, json, list } from '../../kubernetes/fake-api-server.ts';
import { metallb } from './metallb.ts';
import { relocated } from './relocated.ts';

const place = { namespace: 'lb', labelSelector: 'app.kubernetes.io/component=controller' };
const helm = relocated(metallb('0.16.1', 'native'), place);
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lb-controller-1', namespace: 'lb' } };

const PODS = {
  'GET /api/v1': (response: Parameters<typeof json>[0]) =>
    json(response, { resources: [{ name: 'pods', kind: 'Pod', namespaced: true }] }),
};

describe('relocated', () => {
  it('makes pools and advertisements where MetalLB reads them', () => {
    const objects = helm.renderPools(
      [{ name: 'a', ranges: ['192.0.2.1-192.0.2.1'] }],
      [{ name: 'b', pools: ['a'] }],
    );
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'IPAddressPool lb/a',
      'L2Advertisement lb/b',
    ]);
    expect(helm.controller).toMatchObject(place);
  });

  it('follows the controller there, which tells of pools in its own namespace', async () => {
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    await using server = await FakeApiServer.start({
      ...PODS,
      'GET /api/v1/namespaces/lb/pods': (response) => json(response, list([pod], '1')),
      async 'GET /api/v1/namespaces/lb/pods/lb-controller-1/log'(response) {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.flushHeaders();
        await told;
        response.write('{"controller":"PoolReconciler","end reconcile":"lb/a"}\n');
        await once(response, 'close');
      },
    });
    await using client = new KubernetesClient(server.access);
    const end = new AbortController();
    const pools = await helm.followPools(client, end.signal);
    const mark = pools.mark();
    tell();
    expect(await pools.whenTaken(['a'], mark, end.signal)).toBe(mark);
    end.abort();
    expect(server.received.find(({ call }) => call.endsWith('/pods'))?.query).toMatchObject({
      labelSelector: place.labelSelector,
    });
  });
});
