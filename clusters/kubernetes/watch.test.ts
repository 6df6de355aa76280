import { afterEach, describe, expect, it, vi } from 'vitest';

import { monotonicMs } from '../../base/clock.ts';
import { sleep } from '../../base/converge.ts';
import { KubernetesClient } from './client.ts';
import { FakeApiServer, json, line, list, service, status, type Route } from './fake-api-server.ts';
import { FIRST_PAUSE_MS, type WatchEvent } from './watch.ts';

const SERVICES = '/api/v1/namespaces/demo/services';
const SERVICE = { apiVersion: 'v1', kind: 'Service' };

/** Each call takes the next of the answers; the last one serves all that follow. */
function inTurn(...answers: Route[]): Route {
  let turn = 0;
  return (response, request) => answers[Math.min(turn++, answers.length - 1)]?.(response, request);
}

/** How long a busy machine may take for a call on loopback. */
const BUSY = { timeout: 30_000 };

const silence: Route = (response) => response.flushHeaders();
const short = ({ type, object }: WatchEvent) =>
  `${type} ${object.metadata.name}@${object.metadata.resourceVersion}`;

/** Watches the Services of "demo" until `count` events came. */
async function watched(
  routes: Record<string, Route>,
  count: number,
  onEvent: (event: string) => void = () => {},
): Promise<[string[], FakeApiServer]> {
  await using server = await FakeApiServer.start(routes);
  await using client = new KubernetesClient(server.access);
  const events: string[] = [];
  for await (const event of client.watch(SERVICE, { namespace: 'demo' })) {
    events.push(short(event));
    onEvent(short(event));
    if (events.length === count) break;
  }
  return [events, server];
}

const watchVersions = (server: FakeApiServer) =>
  server.received.filter(({ call }) => call.startsWith('WATCH')).map(({ query }) => query['resourceVersion']);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('watch', () => {
  it('yields what is there, with its kind, then what happens, and asks for bookmarks', async () => {
    await using server = await FakeApiServer.start({
      [`GET ${SERVICES}`]: (response) => json(response, list([service('a', '1')], '5')),
      [`WATCH ${SERVICES}`]: (response) => response.write(line('MODIFIED', service('a', '6'))),
    });
    await using client = new KubernetesClient(server.access);
    const before = monotonicMs();
    const events: WatchEvent[] = [];
    const selection = { namespace: 'demo', labelSelector: 'app=web', fieldSelector: 'metadata.name=a' };
    for await (const event of client.watch(SERVICE, selection)) if (events.push(event) === 2) break;
    expect(events.map(short)).toEqual(['ADDED a@1', 'MODIFIED a@6']);
    expect(events[0]?.object).toMatchObject(SERVICE);
    for (const { at } of events) {
      expect(at).toBeGreaterThan(before);
      expect(at).toBeLessThan(monotonicMs());
    }
    const { query } = server.received.at(-1) ?? {};
    expect(query).toEqual({
      labelSelector: 'app=web',
      fieldSelector: 'metadata.name=a',
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '5',
    });
  });

  it('joins an event whose chunks end inside a line and inside a character', async () => {
    const bytes = Buffer.from(line('ADDED', service('a', '6', { note: 'für 10 €' })));
    const middle = bytes.indexOf(Buffer.from('€')) + 1;
    await using server = await FakeApiServer.start({
      [`GET ${SERVICES}`]: (response) => json(response, list([], '5')),
      [`WATCH ${SERVICES}`]: async (response) => {
        for (const piece of [bytes.subarray(0, 9), bytes.subarray(9, middle), bytes.subarray(middle)]) {
          response.write(piece);
          await sleep(10);
        }
      },
    });
    await using client = new KubernetesClient(server.access);
    for await (const { object } of client.watch(SERVICE, { namespace: 'demo' })) {
      expect(object['note']).toBe('für 10 €');
      break;
    }
    expect(server.calls).toHaveLength(2);
  });

  it('resumes after a lost connection from the last version that it saw, a torn event left aside', async () => {
    // A reset takes along what has not been read.
    const read = Promise.withResolvers<void>();
    const [events, server] = await watched(
      {
        [`GET ${SERVICES}`]: (response) => json(response, list([service('a', '1')], '5')),
        [`WATCH ${SERVICES}`]: inTurn(
          async (response) => {
            response.write(
              line('MODIFIED', service('a', '6')) + line('ADDED', service('b', '7')).slice(0, 40),
            );
            await read.promise;
            response.socket?.resetAndDestroy();
          },
          (response) => response.write(line('ADDED', service('b', '7'))),
        ),
      },
      3,
      (event) => (event === 'MODIFIED a@6' ? read.resolve() : undefined),
    );
    expect(events).toEqual(['ADDED a@1', 'MODIFIED a@6', 'ADDED b@7']);
    expect(server.calls).toEqual([`GET ${SERVICES}`, `WATCH ${SERVICES}`, `WATCH ${SERVICES}`]);
    expect(watchVersions(server)).toEqual(['5', '6']);
  });

  it('resumes after the server ended the watch from the version of the last bookmark', async () => {
    const bookmark = { kind: 'Service', metadata: { resourceVersion: '99', creationTimestamp: null } };
    const [events, server] = await watched(
      {
        [`GET ${SERVICES}`]: (response) => json(response, list([], '5')),
        [`WATCH ${SERVICES}`]: inTurn(
          (response) => response.end(line('BOOKMARK', bookmark)),
          (response) => response.write(line('ADDED', service('b', '100'))),
        ),
      },
      1,
    );
    expect(events).toEqual(['ADDED b@100']);
    expect(watchVersions(server)).toEqual(['5', '99']);
  });

  const gone = status(410, 'Expired', 'too old resource version: 5 (70)');
  it.each<[string, Route]>([
    ['as an event', (response) => response.write(line('ERROR', gone))],
    ['as an answer', (response) => json(response, gone, 410)],
  ])('lists anew on 410 Gone %s, and yields the differences', async (_how, refuse) => {
    const [events, server] = await watched(
      {
        [`GET ${SERVICES}`]: inTurn(
          (response) => json(response, list([service('a', '1'), service('b', '2'), service('c', '3')], '5')),
          (response) =>
            json(response, list([service('a', '1'), service('c', '60'), service('d', '61')], '70')),
        ),
        [`WATCH ${SERVICES}`]: inTurn(refuse, (response) =>
          response.write(line('DELETED', service('d', '71'))),
        ),
      },
      7,
    );
    expect(events).toEqual([
      'ADDED a@1',
      'ADDED b@2',
      'ADDED c@3',
      'DELETED b@2',
      'MODIFIED c@60',
      'ADDED d@61',
      'DELETED d@71',
    ]);
    expect(watchVersions(server)).toEqual(['5', '70']);
  });

  it('lists anew after an error of the server', async () => {
    const [events] = await watched(
      {
        [`GET ${SERVICES}`]: inTurn(
          (response) => json(response, list([], '5')),
          (response) => json(response, status(500, 'InternalError', 'etcd: leader changed'), 500),
          (response) => json(response, list([service('a', '6')], '6')),
        ),
        [`WATCH ${SERVICES}`]: inTurn(
          (response) => response.write(line('ERROR', status(500, 'InternalError', 'etcd: leader changed'))),
          silence,
        ),
      },
      1,
    );
    expect(events).toEqual(['ADDED a@6']);
  });

  it('stamps an event with its receipt, however late the consumer asks for it', async () => {
    await using server = await FakeApiServer.start({
      [`GET ${SERVICES}`]: (response) => json(response, list([service('a', '1')], '5')),
      [`WATCH ${SERVICES}`]: inTurn((response) => response.end(line('MODIFIED', service('a', '6'))), silence),
    });
    await using client = new KubernetesClient(server.access);
    const events = client.watch(SERVICE, { namespace: 'demo' });
    await events.next();
    // It goes on from there, so it has been received.
    await vi.waitFor(() => expect(watchVersions(server)).toEqual(['5', '6']), BUSY);
    const known = monotonicMs();
    await sleep(10);
    const { value: event } = await events.next();
    expect(event?.at).toBeLessThanOrEqual(known);
  });

  it('ends without an error on abort, and closes its connection', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await FakeApiServer.start({
      [`GET ${SERVICES}`]: (response) => json(response, list([service('a', '1')], '5')),
      [`WATCH ${SERVICES}`]: (response) => response.once('close', closed.resolve).flushHeaders(),
    });
    await using client = new KubernetesClient(server.access);
    const stop = new AbortController();
    const events = Array.fromAsync(client.watch(SERVICE, { namespace: 'demo', signal: stop.signal }), short);
    await vi.waitFor(() => expect(watchVersions(server)).toEqual(['5']), BUSY);
    stop.abort();
    expect(await events).toEqual(['ADDED a@1']);
    await closed.promise;
    expect(watchVersions(server)).toEqual(['5']);
  });

  it('closes its connection when the consumer breaks off', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await FakeApiServer.start({
      [`GET ${SERVICES}`]: (response) => json(response, list([], '5')),
      [`WATCH ${SERVICES}`]: (response) => {
        response.once('close', closed.resolve).write(line('ADDED', service('a', '6')));
      },
    });
    await using client = new KubernetesClient(server.access);
    for await (const event of client.watch(SERVICE, { namespace: 'demo' })) {
      expect(short(event)).toBe('ADDED a@6');
      break;
    }
    await closed.promise;
    await sleep(2 * FIRST_PAUSE_MS);
    expect(watchVersions(server)).toEqual(['5']);
  });

  it('yields nothing for a signal that is aborted already', async () => {
    await using server = await FakeApiServer.start({});
    await using client = new KubernetesClient(server.access);
    const watching = client.watch(SERVICE, { signal: AbortSignal.abort() });
    expect(await Array.fromAsync(watching)).toEqual([]);
    expect(server.received).toEqual([]);
  });

  it('ends without an error when the client is closed', async () => {
    await using server = await FakeApiServer.start({
      [`GET ${SERVICES}`]: (response) => json(response, list([], '5')),
      [`WATCH ${SERVICES}`]: silence,
    });
    const client = new KubernetesClient(server.access);
    const events = Array.fromAsync(client.watch(SERVICE, { namespace: 'demo' }), short);
    await vi.waitFor(() => expect(watchVersions(server)).toEqual(['5']), BUSY);
    await client[Symbol.asyncDispose]();
    expect(await events).toEqual([]);
  });

  it('fails at once on a refusal', async () => {
    const forbidden = status(403, 'Forbidden', 'services is forbidden');
    await expect(
      watched({ [`GET ${SERVICES}`]: (response) => json(response, forbidden, 403) }, 1),
    ).rejects.toThrow(`GET ${SERVICES}: 403 Forbidden: services is forbidden`);
  });

  it('fails on a line that is no event', async () => {
    const routes: Record<string, Route> = {
      [`GET ${SERVICES}`]: (response) => json(response, list([], '5')),
      [`WATCH ${SERVICES}`]: (response) => response.write('<html>\n'),
    };
    await expect(watched(routes, 1)).rejects.toThrow('a watch event is not JSON: <html>');
  });

  it('tells of the trouble, and fails when it outlasts the bound', async () => {
    const server = await FakeApiServer.start({
      [`GET ${SERVICES}`]: (response) => json(response, list([], '5')),
      [`WATCH ${SERVICES}`]: silence,
    });
    await using client = new KubernetesClient(server.access);
    const trouble: unknown[] = [];
    const watching = Array.fromAsync(
      client.watch(SERVICE, {
        namespace: 'demo',
        onTrouble: (error) => {
          // From now on it has outlasted the bound.
          if (trouble.push(error) === 2) vi.stubEnv('DUALVIP_TIMEOUT_API', '1');
        },
      }),
    );
    const failure = watching.catch((error: unknown) => error);
    await vi.waitFor(() => expect(watchVersions(server)).toEqual(['5']), BUSY);
    await server[Symbol.asyncDispose]();
    expect(await failure).toMatchObject({ code: 'DUALVIP_API_UNREACHABLE' });
    expect(trouble).toHaveLength(2);
  });
});
