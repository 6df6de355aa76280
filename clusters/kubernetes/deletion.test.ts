import { describe, expect, it, vi } from 'vitest';

import { KubernetesClient } from './client.ts';
import type { DeleteAndWaitOptions } from './deletion.ts';
import { FakeApiServer, json, line, list, service, status, type Route } from './fake-api-server.ts';

const SERVICES = '/api/v1/namespaces/demo/services';
const ref = (name: string) => ({ apiVersion: 'v1', kind: 'Service', name, namespace: 'demo' });

async function remove(
  names: string[],
  routes: Record<string, Route>,
  options: DeleteAndWaitOptions = {},
): Promise<string[]> {
  await using server = await FakeApiServer.start(routes);
  await using client = new KubernetesClient(server.access);
  await client.deleteAndWait(names.map(ref), options);
  return server.calls;
}

const forbidden: Route = (response) => json(response, status(403, 'Forbidden', 'no'), 403);

/** As the API answers while a finalizer or a grace period holds the object. */
const held = (name: string): Route => {
  return (response) => json(response, service(name, '6'));
};

const withFinalizer = (name: string) => {
  const { metadata, ...rest } = service(name, '6');
  return { ...rest, metadata: { ...metadata, finalizers: ['service.kubernetes.io/load-balancer-cleanup'] } };
};

describe('deleteAndWait', () => {
  it('waits by one watch until the last of a kind is gone; others of it do not matter', async () => {
    const calls = await remove(['a', 'b'], {
      [`DELETE ${SERVICES}/a`]: held('a'),
      [`DELETE ${SERVICES}/b`]: held('b'),
      [`GET ${SERVICES}`]: (response) =>
        json(response, list([service('a', '6'), service('b', '6'), service('other', '1')], '6')),
      [`WATCH ${SERVICES}`]: (response) =>
        response.write(line('DELETED', service('a', '7')) + line('DELETED', service('b', '8'))),
    });
    expect(calls.toSorted()).toEqual([
      `DELETE ${SERVICES}/a`,
      `DELETE ${SERVICES}/b`,
      `GET ${SERVICES}`,
      `WATCH ${SERVICES}`,
    ]);
  });

  it('takes one made anew under the same name for gone', async () => {
    const calls = await remove(['a'], {
      [`DELETE ${SERVICES}/a`]: (response) =>
        json(response, { kind: 'Status', details: { uid: 'the old one' } }),
      [`GET ${SERVICES}`]: (response) => json(response, list([service('a', '9')], '9')),
    });
    expect(calls).toContain(`GET ${SERVICES}`);
  });

  it('takes one that is not there, or whose kind is not there, for gone', async () => {
    expect(await remove(['a'], {})).toEqual([`DELETE ${SERVICES}/a`]);
    await using server = await FakeApiServer.start({});
    await using client = new KubernetesClient(server.access);
    await client.deleteAndWait([{ ...ref('a'), apiVersion: 'gone.io/v1' }]);
    expect(server.calls).toEqual(['GET /apis/gone.io/v1']);
  });

  it('names what is left and what holds it', async () => {
    // The bound of 80 ms is up when the list has been read, however long that takes.
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const deadline = new AbortController();
    using _ = vi
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((ms) => (ms === 80 ? deadline.signal : timeout(ms)));
    const routes: Record<string, Route> = {
      [`DELETE ${SERVICES}/a`]: held('a'),
      [`GET ${SERVICES}`]: (response) => json(response, list([withFinalizer('a')], '6')),
      [`WATCH ${SERVICES}`]: () => deadline.abort(),
    };
    await expect(remove(['a'], routes, { timeoutMs: 80 })).rejects.toThrow(
      /^waiting for the deletion of Service demo\/a: gave up after \S+ m?s \(last: Service demo\/a is still there, held by service\.kubernetes\.io\/load-balancer-cleanup\)$/,
    );
  });

  it('deletes the others when one is refused', async () => {
    await using server = await FakeApiServer.start({ [`DELETE ${SERVICES}/a`]: forbidden });
    await using client = new KubernetesClient(server.access);
    const names = Array.from({ length: 20 }, (_, index) => `b${index}`);
    await expect(client.deleteAndWait(['a', ...names].map(ref))).rejects.toMatchObject({
      code: 'DUALVIP_API_FORBIDDEN',
    });
    expect(server.calls).toHaveLength(21);
  });
});
