import { afterEach, describe, expect, it, vi } from 'vitest';

import { KubernetesClient } from './client.ts';
import { FakeApiServer, json, line, list, service, status, type Route } from './fake-api-server.ts';
import type { KubernetesObject } from './objects.ts';
import { waitFor, waitForAll, waitForNodesReady } from './waiting.ts';

const SERVICES = '/api/v1/namespaces/demo/services';
const ref = { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: 'demo' };
/** Longer than any test may take. */
const LONG_MS = 600_000;

const timeout = AbortSignal.timeout.bind(AbortSignal);

/** The bound of this length, whose end is told by the test: what comes before it does not depend on the machine. */
function bound(ms: number): { ms: number; end: () => void } {
  const deadline = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((asked) =>
    asked === ms ? deadline.signal : timeout(asked),
  );
  return { ms, end: () => deadline.abort(new DOMException('the time is up', 'TimeoutError')) };
}
afterEach(() => void vi.restoreAllMocks());

function node(name: string, ready: string): KubernetesObject {
  const conditions = [{ type: 'Ready', status: ready, message: `says ${ready}` }];
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status: { conditions } };
}

async function withServer(
  routes: Record<string, Route>,
  work: (client: KubernetesClient) => Promise<void>,
): Promise<void> {
  await using server = await FakeApiServer.start(routes);
  await using client = new KubernetesClient(server.access);
  await work(client);
}

describe('waitFor', () => {
  it('asks about one object, absent at first, until it is as wanted', async () => {
    const routes: Record<string, Route> = {
      [`GET ${SERVICES}`]: (response, { query }) => {
        const asked = query['fieldSelector'] === 'metadata.name=web';
        json(
          response,
          asked ? list([], '5') : status(400, 'BadRequest', 'not that one object'),
          asked ? 200 : 400,
        );
      },
      [`WATCH ${SERVICES}`]: (response) => {
        response.write(line('ADDED', service('web', '6')) + line('MODIFIED', service('web', '7')));
      },
    };
    await withServer(routes, async (client) => {
      const versions: unknown[] = [];
      const until = (object: KubernetesObject | undefined) => {
        versions.push(object?.metadata.resourceVersion);
        return object?.metadata.resourceVersion === '7' || 'too old';
      };
      const { state } = await waitFor(client, { ref, until, what: 'the Service', timeoutMs: LONG_MS });
      expect(state).toEqual(service('web', '7'));
      expect(versions).toEqual([undefined, '6', '7']);
    });
  });

  it('can wait for an absence', async () => {
    await withServer({ [`GET ${SERVICES}`]: (response) => json(response, list([], '5')) }, async (client) => {
      const seen = await waitFor(client, {
        ref,
        until: (object) => object === undefined || 'still there',
        what: 'its end',
        timeoutMs: LONG_MS,
      });
      expect(seen.state).toBeUndefined();
    });
  });

  it('tells what was waited for, for how long, and the last state', async () => {
    const { ms, end } = bound(60);
    const routes: Record<string, Route> = {
      [`GET ${SERVICES}`]: (response) => json(response, list([service('web', '5')], '5')),
      [`WATCH ${SERVICES}`]: end,
    };
    await withServer(routes, async (client) => {
      const waiting = waitFor(client, {
        ref,
        until: (object) => `still at ${object?.metadata.resourceVersion}`,
        what: 'Service demo/web to move',
        timeoutMs: ms,
        hint: 'Push it.',
      });
      await expect(waiting).rejects.toMatchObject({ code: 'DUALVIP_TIMEOUT', hint: 'Push it.' });
      await expect(waiting).rejects.toThrow(
        /^waiting for Service demo\/web to move: gave up after \S+ m?s \(last: still at 5\)$/,
      );
    });
  });

  it('tells why there is no state, when the connection is the trouble', async () => {
    const { ms, end } = bound(60);
    let asked = 0;
    await withServer(
      { [`GET ${SERVICES}`]: (response) => ((asked += 1) > 1 ? end() : response.socket?.resetAndDestroy()) },
      async (client) => {
        const waiting = waitFor(client, { ref, until: () => true, what: 'the Service', timeoutMs: ms });
        await expect(waiting).rejects.toThrow(
          /^waiting for the Service: gave up after \S+ m?s \(last: GET \S+: no answer from http:\/\/\S+ \(.+\)\)$/,
        );
      },
    );
  });

  it("rejects with the signal's reason", async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    await withServer({ [`GET ${SERVICES}`]: () => stop.abort(reason) }, async (client) => {
      const options = { ref, until: () => true as const, what: 'x', timeoutMs: LONG_MS, signal: stop.signal };
      await expect(waitFor(client, options)).rejects.toBe(reason);
    });
  });

  it('passes on what the question throws', async () => {
    await withServer({ [`GET ${SERVICES}`]: (response) => json(response, list([], '5')) }, async (client) => {
      const waiting = waitFor(client, {
        ref,
        until: () => {
          throw new Error('cannot be');
        },
        what: 'x',
        timeoutMs: LONG_MS,
      });
      await expect(waiting).rejects.toThrow('cannot be');
    });
  });
});

describe('waitForAll', () => {
  it('asks about the whole set, beginning with an empty one', async () => {
    const routes: Record<string, Route> = {
      'GET /api/v1/services': (response) => json(response, list([], '5')),
      'WATCH /api/v1/services': (response) =>
        response.write(line('ADDED', service('a', '6')) + line('ADDED', service('b', '7'))),
    };
    await withServer(routes, async (client) => {
      const sizes: number[] = [];
      const until = (objects: readonly unknown[]) => sizes.push(objects.length) === 3 || 'too few';
      await waitForAll(client, { resource: ref, until, what: 'two', timeoutMs: LONG_MS });
      expect(sizes).toEqual([0, 1, 2]);
    });
  });
});

async function waitForNodes(nodes: KubernetesObject[], count: number): Promise<void> {
  const { ms, end } = bound(100);
  const routes: Record<string, Route> = {
    'GET /api/v1/nodes': (response) => json(response, list(nodes, '5')),
    'WATCH /api/v1/nodes': end,
  };
  await withServer(routes, (client) => waitForNodesReady(client, { count, timeoutMs: ms }));
}

describe('waitForNodesReady', () => {
  it('is content with the count, all Ready', async () => {
    await expect(waitForNodes([node('a', 'True'), node('b', 'True')], 2)).resolves.toBeUndefined();
  });

  it('names the nodes that are not', async () => {
    await expect(waitForNodes([node('a', 'True'), node('b', 'False')], 2)).rejects.toThrow(
      /^waiting for 2 Ready nodes: gave up after \S+ m?s \(last: 1 of 2 nodes are Ready; b: says False\)$/,
    );
    await expect(waitForNodes([node('a', 'True')], 2)).rejects.toThrow('(last: 1 of 2 nodes are Ready)');
  });
});
