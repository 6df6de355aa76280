import { describe, expect, it } from 'vitest';

import { KubernetesClient } from './client.ts';
import { FakeApiServer, json, list, service, status, type Route } from './fake-api-server.ts';

const SERVICES = '/api/v1/namespaces/demo/services';
const ref = { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: 'demo' };
const echo: Route = (response, { body }) => json(response, JSON.parse(body));
const answer: Route = (response) => json(response, service('web', '7'));

const exists: Route = (response) =>
  json(response, status(409, 'AlreadyExists', 'services "web" already exists'), 409);

const oneItem: Route = (response) => json(response, list([service('web', '7')], '9'));

const noItems: Route = (response) => json(response, { metadata: { resourceVersion: '9' }, items: null });

async function withServer(
  routes: Record<string, Route>,
  work: (client: KubernetesClient, server: FakeApiServer) => Promise<void>,
): Promise<void> {
  await using server = await FakeApiServer.start(routes);
  await using client = new KubernetesClient(server.access);
  await work(client, server);
}

describe('apply', () => {
  it('sends the object as it is, fields that nobody knows included, as a server-side apply', async () => {
    const object = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'demo', newField: { deep: [1, null, 'ä'] } },
      spec: { ipFamilyPolicy: 'RequireDualStack', trafficDistribution: 'OfTomorrow' },
      extra: true,
    };
    await withServer({ [`PATCH ${SERVICES}/web`]: echo }, async (client, server) => {
      expect(await client.apply(object)).toEqual(object);
      expect(server.received.at(-1)).toMatchObject({
        query: { fieldManager: 'dualvip', force: 'true' },
        body: JSON.stringify(object),
      });
      expect(server.received.at(-1)?.headers['content-type']).toBe('application/apply-patch+yaml');
    });
  });

  it('takes a field manager, a dry run and no force', async () => {
    await withServer({ [`PATCH ${SERVICES}/web`]: echo }, async (client, server) => {
      await client.apply(service('web', '1'), { fieldManager: 'me', force: false, dryRun: true });
      expect(server.received.at(-1)?.query).toEqual({ fieldManager: 'me', force: 'false', dryRun: 'All' });
    });
  });

  it('leaves the namespace out of the path of a kind that has none', async () => {
    await withServer({ 'PATCH /api/v1/namespaces/demo': echo }, async (client) => {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } };
      expect(await client.apply(namespace)).toEqual(namespace);
    });
  });

  it('refuses a namespaced object without namespace', async () => {
    await withServer({}, async (client) => {
      const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } };
      await expect(client.apply(object)).rejects.toMatchObject({
        code: 'DUALVIP_OBJECT_NAMESPACE_MISSING',
        message: 'Service web has no namespace, and its kind needs one',
        hint: 'Set metadata.namespace.',
      });
    });
  });

  it('refuses an answer that is no object', async () => {
    await withServer({ [`PATCH ${SERVICES}/web`]: (response) => json(response, {}) }, async (client) => {
      await expect(client.apply(service('web', '1'))).rejects.toMatchObject({ code: 'DUALVIP_API_SHAPE' });
    });
  });
});

describe('discovery', () => {
  it('reads each group-version once', async () => {
    await withServer({ [`GET ${SERVICES}/web`]: answer }, async (client, server) => {
      await client.get(ref);
      await client.get(ref);
      expect(server.received.map(({ call }) => call)).toEqual([
        'GET /api/v1',
        `GET ${SERVICES}/web`,
        `GET ${SERVICES}/web`,
      ]);
    });
  });

  it('reads it again for a kind that is new', async () => {
    const resources: object[] = [];
    const routes: Record<string, Route> = {
      'GET /apis/metallb.io/v1beta1': (response) => json(response, { resources }),
      'GET /apis/metallb.io/v1beta1/namespaces/m/ipaddresspools/p': answer,
    };
    const pool = { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', name: 'p', namespace: 'm' };
    await withServer(routes, async (client, server) => {
      await expect(client.get(pool)).rejects.toMatchObject({
        code: 'DUALVIP_API_UNKNOWN_KIND',
        message: 'the cluster knows no kind IPAddressPool in metallb.io/v1beta1',
      });
      resources.push({ name: 'ipaddresspools', kind: 'IPAddressPool', namespaced: true });
      expect(await client.get(pool)).toMatchObject({ metadata: { name: 'web' } });
      await client.get(pool);
      expect(await client.isServed(pool)).toBe(true);
      expect(server.calls.filter((call) => call === 'GET /apis/metallb.io/v1beta1')).toHaveLength(2);
    });
  });

  it('says whether a kind is served', async () => {
    await withServer({}, async (client) => {
      expect(await client.isServed({ apiVersion: 'apps/v1', kind: 'Deployment' })).toBe(true);
      expect(await client.isServed({ apiVersion: 'none/v1', kind: 'Deployment' })).toBe(false);
    });
  });

  it('takes a group that is not there for an unknown kind, and no subresource for a kind', async () => {
    await withServer({}, async (client) => {
      await expect(client.get({ ...ref, apiVersion: 'none/v1' })).rejects.toThrow(
        'the cluster knows no kind Service in none/v1',
      );
      await expect(client.get({ ...ref, apiVersion: 'apps/v1', kind: 'Scale' })).rejects.toThrow(
        'the cluster knows no kind Scale in apps/v1',
      );
    });
  });
});

describe('the other calls', () => {
  it('gets, and says NOT_FOUND', async () => {
    await withServer({ [`GET ${SERVICES}/web`]: answer }, async (client) => {
      expect(await client.get(ref)).toEqual(service('web', '7'));
      await expect(client.get({ ...ref, name: 'a:b' })).rejects.toMatchObject({
        code: 'DUALVIP_API_NOT_FOUND',
        message: `GET ${SERVICES}/a%3Ab: 404 NotFound: not in the table`,
      });
    });
  });

  it('lists one namespace or all, by selectors, and tells each item its kind', async () => {
    await withServer(
      { 'GET /api/v1/services': oneItem, [`GET ${SERVICES}`]: noItems },
      async (client, server) => {
        expect(await client.list(ref)).toEqual({ items: [service('web', '7')], resourceVersion: '9' });
        expect(
          await client.list(ref, { namespace: 'demo', labelSelector: 'a=b', fieldSelector: 'c=d' }),
        ).toEqual({
          items: [],
          resourceVersion: '9',
        });
        expect(server.received.at(-1)?.query).toEqual({ labelSelector: 'a=b', fieldSelector: 'c=d' });
      },
    );
  });

  it('creates', async () => {
    await withServer({ [`POST ${SERVICES}`]: exists }, async (client, server) => {
      await expect(client.create(service('web', '1'))).rejects.toMatchObject({
        code: 'DUALVIP_API_ALREADY_EXISTS',
      });
      expect(server.received.at(-1)?.query).toEqual({ fieldManager: 'dualvip' });
    });
  });

  it.each([
    ['merge', 'application/merge-patch+json', { spec: { type: null } }],
    ['strategic', 'application/strategic-merge-patch+json', { spec: { ports: [{ port: 80 }] } }],
    ['json', 'application/json-patch+json', [{ op: 'remove', path: '/spec/type' }]],
  ] as const)('patches by %s', async (type, contentType, body) => {
    await withServer({ [`PATCH ${SERVICES}/web`]: answer }, async (client, server) => {
      await client.patch(ref, body, { type });
      expect(server.received.at(-1)?.headers['content-type']).toBe(contentType);
      expect(server.received.at(-1)?.body).toBe(JSON.stringify(body));
    });
  });

  it('deletes with the options in the body', async () => {
    await withServer({ [`DELETE ${SERVICES}/web`]: answer }, async (client, server) => {
      await client.delete(ref, { propagationPolicy: 'Foreground', gracePeriodSeconds: 0 });
      expect(JSON.parse(server.received.at(-1)?.body ?? '')).toEqual({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Foreground',
        gracePeriodSeconds: 0,
      });
    });
  });
});

describe('podLog', () => {
  const LOG = 'GET /api/v1/namespaces/demo/pods/web-0/log';

  it('gives the lines, the last one without line feed too', async () => {
    await withServer({ [LOG]: (response) => response.end('one\n\ntw€') }, async (client, server) => {
      const options = { container: 'c', tailLines: 3, timestamps: true };
      expect(await Array.fromAsync(client.podLog('demo', 'web-0', options))).toEqual(['one', '', 'tw€']);
      expect(server.received.at(-1)?.query).toEqual({ container: 'c', tailLines: '3', timestamps: 'true' });
    });
  });

  it('ends without an error when a followed log is aborted', async () => {
    const closed = Promise.withResolvers<void>();
    const endless: Route = (response) => response.once('close', closed.resolve).write('one\n');
    await withServer({ [LOG]: endless }, async (client, server) => {
      const stop = new AbortController();
      const lines: string[] = [];
      for await (const text of client.podLog('demo', 'web-0', { follow: true, signal: stop.signal })) {
        lines.push(text);
        stop.abort();
      }
      expect(lines).toEqual(['one']);
      expect(server.received.at(-1)?.query).toEqual({ follow: 'true' });
      await closed.promise;
    });
  });

  it("rejects with the signal's reason when the log is not followed: it is not whole", async () => {
    const reason = new Error('enough');
    await withServer({ [LOG]: (response) => response.write('one\n') }, async (client) => {
      const lines = client.podLog('demo', 'web-0', { signal: AbortSignal.abort(reason) });
      await expect(Array.fromAsync(lines)).rejects.toBe(reason);
    });
  });

  it('says NOT_FOUND for a pod that is not there', async () => {
    await withServer({}, async (client) => {
      await expect(Array.fromAsync(client.podLog('demo', 'web-0'))).rejects.toMatchObject({
        code: 'DUALVIP_API_NOT_FOUND',
      });
    });
  });
});
