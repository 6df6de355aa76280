import { describe, expect, it } from 'vitest';

import { KubernetesClient } from './client.ts';
import { FakeApiServer, json, line, list, service, status, type Route } from './fake-api-server.ts';
import type { KubernetesObject } from './objects.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const POOLS = '/apis/metallb.io/v1beta1';
const echo: Route = (response, { body }) => json(response, JSON.parse(body));

const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } };
const pool: KubernetesObject = {
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name: 'p', namespace: 'demo' },
};
const crd = (...conditions: object[]): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'ipaddresspools.metallb.io' },
  spec: {
    group: 'metallb.io',
    names: { kind: 'IPAddressPool' },
    versions: [
      { name: 'v1alpha1', served: false },
      { name: 'v1beta1', served: true },
    ],
  },
  status: { conditions },
});
const established = { type: 'Established', status: 'True' };

const denied: Route = (response, { call }) =>
  json(response, status(422, 'Invalid', `${call.at(-1)} is bad`), 422);

describe('applyAll', () => {
  it('applies namespaces and CRDs first, and the rest once the CRDs can be used', async () => {
    let discoveries = 0;
    await using server = await FakeApiServer.start({
      'PATCH /api/v1/namespaces/demo': echo,
      'PATCH /api/v1/namespaces/demo/services/web': echo,
      [`PATCH ${CRDS}/ipaddresspools.metallb.io`]: echo,
      [`GET ${CRDS}`]: (response) => json(response, list([crd()], '5')),
      [`WATCH ${CRDS}`]: (response) => response.write(line('MODIFIED', crd(established))),
      // Discovery lags behind the condition.
      [`GET ${POOLS}`]: (response) => {
        discoveries += 1;
        const resources = [{ name: 'ipaddresspools', kind: 'IPAddressPool', namespaced: true }];
        json(response, { resources: discoveries < 2 ? [] : resources });
      },
      [`PATCH ${POOLS}/namespaces/demo/ipaddresspools/p`]: echo,
    });
    await using client = new KubernetesClient(server.access);
    const objects = [service('web', '1'), pool, namespace, crd()];
    expect(await client.applyAll(objects)).toEqual(objects);
    const patches = server.calls.filter((call) => call.startsWith('PATCH'));
    expect(patches.slice(0, 2).toSorted()).toEqual([
      `PATCH /api/v1/namespaces/demo`,
      `PATCH ${CRDS}/ipaddresspools.metallb.io`,
    ]);
    expect(patches.slice(2).toSorted()).toEqual([
      'PATCH /api/v1/namespaces/demo/services/web',
      `PATCH ${POOLS}/namespaces/demo/ipaddresspools/p`,
    ]);
    expect(server.calls.indexOf(`WATCH ${CRDS}`)).toBeLessThan(
      server.calls.indexOf(`PATCH ${POOLS}/namespaces/demo/ipaddresspools/p`),
    );
    expect(discoveries).toBe(2);
  });

  it('does not wait for a CRD that is not stored', async () => {
    await using server = await FakeApiServer.start({ [`PATCH ${CRDS}/ipaddresspools.metallb.io`]: echo });
    await using client = new KubernetesClient(server.access);
    await client.applyAll([crd()], { dryRun: true });
    expect(server.calls).toEqual([`PATCH ${CRDS}/ipaddresspools.metallb.io`]);
  });

  it('keeps to the bound of concurrent calls', async () => {
    let now = 0;
    let most = 0;
    let pair = Promise.withResolvers<void>();
    // None is answered before there are two, and one that is too many would come meanwhile.
    const slow: Route = async (response, request) => {
      most = Math.max(most, (now += 1));
      const { promise, resolve } = pair;
      if (now === 2) {
        pair = Promise.withResolvers();
        setTimeout(resolve, 20);
      }
      await promise;
      now -= 1;
      await echo(response, request);
    };
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await using server = await FakeApiServer.start(
      Object.fromEntries(names.map((name) => [`PATCH /api/v1/namespaces/demo/services/${name}`, slow])),
    );
    await using client = new KubernetesClient(server.access);
    await client.applyAll(
      names.map((name) => service(name, '1')),
      { concurrency: 2 },
    );
    expect(most).toBe(2);
  });

  it('passes on one failure as it is, the others applied', async () => {
    await using server = await FakeApiServer.start({
      'PATCH /api/v1/namespaces/demo/services/a': denied,
      'PATCH /api/v1/namespaces/demo/services/b': echo,
    });
    await using client = new KubernetesClient(server.access);
    await expect(client.applyAll([service('a', '1'), service('b', '1')])).rejects.toMatchObject({
      code: 'DUALVIP_API_INVALID',
      message: 'PATCH /api/v1/namespaces/demo/services/a: 422 Invalid: a is bad',
    });
    expect(server.calls).toHaveLength(2);
  });

  it('lists several failures', async () => {
    await using server = await FakeApiServer.start({
      'PATCH /api/v1/namespaces/demo/services/a': denied,
      'PATCH /api/v1/namespaces/demo/services/b': denied,
    });
    await using client = new KubernetesClient(server.access);
    await expect(client.applyAll([service('a', '1'), service('b', '1')])).rejects.toMatchObject({
      code: 'DUALVIP_BATCH_FAILED',
      message:
        '2 of 2 were not applied:\n' +
        'PATCH /api/v1/namespaces/demo/services/a: 422 Invalid: a is bad\n' +
        'PATCH /api/v1/namespaces/demo/services/b: 422 Invalid: b is bad',
    });
  });
});
