import { once } from 'node:events';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { FakeApiServer, json, status, type Route } from './fake-api-server.ts';
import { ApiTransport } from './transport.ts';

const GET = { method: 'GET', path: '/api/v1/nodes' } as const;

/** How long a busy machine may take for a call on loopback. */
const BUSY = { timeout: 30_000 };

const busy: Route = (response) => {
  response.setHeader('retry-after', '3600');
  json(response, status(503, 'ServiceUnavailable', 'shutting down'), 503);
};

async function requestTo(route: Route): Promise<unknown> {
  await using server = await FakeApiServer.start({ 'GET /api/v1/nodes': route });
  await using transport = new ApiTransport(server.access);
  return await transport.request(GET);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('ApiTransport.request', () => {
  it('sends path, query, token and body below the path of the server', async () => {
    await using server = await FakeApiServer.start({
      'POST /k8s/api/v1/nodes': (response) => json(response, { fine: true }),
    });
    await using transport = new ApiTransport({ server: `${server.access.server}/k8s/`, token: 'secret' });
    const request = {
      method: 'POST',
      path: GET.path,
      query: { labelSelector: 'a=b,c', limit: 5, watch: undefined },
      body: { text: 'ä' },
    } as const;
    expect(await transport.request(request)).toEqual({ fine: true });
    expect(server.received[0]).toMatchObject({
      query: { labelSelector: 'a=b,c', limit: '5' },
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
      body: '{"text":"ä"}',
    });
  });

  it('keeps connections and uses them again', async () => {
    await using server = await FakeApiServer.start({ 'GET /api/v1/nodes': (response) => json(response, {}) });
    await using transport = new ApiTransport(server.access);
    for (let count = 0; count < 10; count += 1) await transport.request(GET);
    // The second, since undici counts a connection as busy until just after the answer.
    expect(await server.connections()).toBeLessThanOrEqual(2);
  });

  it('gives the text of an answer that is not JSON, and undefined for an empty one', async () => {
    expect(await requestTo((response) => response.end('ok'))).toBe('ok');
    expect(await requestTo((response) => response.end())).toBeUndefined();
  });

  it('turns a Status into an error with its reason and message', async () => {
    const answer = status(409, 'AlreadyExists', 'nodes "a" already exists');
    await expect(requestTo((response) => json(response, answer, 409))).rejects.toMatchObject({
      name: 'KubernetesApiError',
      code: 'DUALVIP_API_ALREADY_EXISTS',
      status: 409,
      reason: 'AlreadyExists',
      message: 'GET /api/v1/nodes: 409 AlreadyExists: nodes "a" already exists',
    });
  });

  it('finds a reason for an answer that is no Status, and for a Status without one', async () => {
    await expect(
      requestTo((response) => response.writeHead(404).end('404 page not found\n')),
    ).rejects.toMatchObject({
      code: 'DUALVIP_API_NOT_FOUND',
      message: 'GET /api/v1/nodes: 404 NotFound: 404 page not found',
    });
    await expect(requestTo((response) => json(response, status(418, '', ''), 418))).rejects.toMatchObject({
      code: 'DUALVIP_API_UNKNOWN',
      message: 'GET /api/v1/nodes: 418 Unknown: the API gave no message',
    });
  });

  it('refuses an answer that is torn JSON', async () => {
    await expect(
      requestTo((response) => response.setHeader('content-type', 'application/json').end('{')),
    ).rejects.toMatchObject({
      code: 'DUALVIP_API_SHAPE',
      message: 'GET /api/v1/nodes: the answer says it is JSON and is not',
    });
  });

  it('comes back when an overloaded server says when', async () => {
    let attempts = 0;
    const answer = await requestTo((response) => {
      attempts += 1;
      if (attempts === 2) return json(response, { attempts });
      response.setHeader('retry-after', '0');
      return json(response, status(429, 'TooManyRequests', 'storage is (re)initializing'), 429);
    });
    expect(answer).toEqual({ attempts: 2 });
  });

  it('gives up at once when the server wants more time than there is', async () => {
    await expect(requestTo(busy)).rejects.toMatchObject({
      code: 'DUALVIP_API_SERVICE_UNAVAILABLE',
      transient: true,
    });
  });

  it('says UNREACHABLE for a refused connection', async () => {
    const server = await FakeApiServer.start({});
    await server[Symbol.asyncDispose]();
    await using transport = new ApiTransport(server.access);
    const address = server.access.server.replace('http://', '');
    await expect(transport.request(GET)).rejects.toMatchObject({
      code: 'DUALVIP_API_UNREACHABLE',
      status: undefined,
      message: `GET /api/v1/nodes: no answer from http://${address} (connect ECONNREFUSED ${address})`,
    });
  });

  it('says UNREACHABLE for a connection that is reset', async () => {
    await expect(requestTo((response) => response.socket?.resetAndDestroy())).rejects.toMatchObject({
      code: 'DUALVIP_API_UNREACHABLE',
    });
  });

  it('says UNREACHABLE for an answer that breaks off', async () => {
    const answer = requestTo((response) => {
      response.write('{');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(answer).rejects.toMatchObject({ code: 'DUALVIP_API_UNREACHABLE' });
  });

  it('says UNREACHABLE for a server that stays silent, and how long it waited', async () => {
    vi.stubEnv('DUALVIP_TIMEOUT_API', '40');
    await expect(requestTo(() => undefined)).rejects.toThrow(
      /^GET \/api\/v1\/nodes: no answer from http:\/\/127\.0\.0\.1:\d+ \(none within 40 ms\)$/,
    );
  });

  it("rejects with the signal's reason, and frees the connection", async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    await using server = await FakeApiServer.start({ 'GET /api/v1/nodes': () => stop.abort(reason) });
    await using transport = new ApiTransport(server.access);
    await expect(transport.request({ ...GET, signal: stop.signal })).rejects.toBe(reason);
    await vi.waitFor(async () => expect(await server.connections()).toBe(0), BUSY);
  });

  it('breaks off on disposal, and takes no more calls', async () => {
    await using server = await FakeApiServer.start({ 'GET /api/v1/nodes': () => undefined });
    const transport = new ApiTransport(server.access);
    const failure = transport.request(GET).catch((error: unknown) => error);
    await vi.waitFor(() => expect(server.received).toHaveLength(1), BUSY);
    await transport[Symbol.asyncDispose]();
    expect(await failure).toMatchObject({ code: 'DUALVIP_API_CLOSED' });
    await expect(transport.request(GET)).rejects.toThrow('GET /api/v1/nodes: the client was closed');
  });
});

describe('ApiTransport.open', () => {
  it('streams, and closes the connection when the iteration ends early', async () => {
    await using server = await FakeApiServer.start({
      'GET /api/v1/nodes': (response) => response.write('first'),
    });
    await using transport = new ApiTransport(server.access);
    for await (const chunk of await transport.open(GET, 0)) {
      expect(Buffer.from(chunk).toString()).toBe('first');
      break;
    }
    await vi.waitFor(async () => expect(await server.connections()).toBe(0), BUSY);
  });

  it('gives up a stream that is silent for too long', async () => {
    await using server = await FakeApiServer.start({
      'GET /api/v1/nodes': (response) => response.flushHeaders(),
    });
    await using transport = new ApiTransport(server.access);
    const chunks = await transport.open(GET, 30);
    await expect(Array.fromAsync(chunks)).rejects.toMatchObject({ code: 'DUALVIP_API_UNREACHABLE' });
  });

  it('turns a refusal into an error', async () => {
    await using server = await FakeApiServer.start({});
    await using transport = new ApiTransport(server.access);
    await expect(transport.open(GET, 0)).rejects.toMatchObject({ code: 'DUALVIP_API_NOT_FOUND' });
  });

  it("ends with the signal's reason", async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    await using server = await FakeApiServer.start({
      'GET /api/v1/nodes': async (response) => {
        response.flushHeaders();
        await once(response, 'close');
      },
    });
    await using transport = new ApiTransport(server.access);
    const chunks = await transport.open({ ...GET, signal: stop.signal }, 0);
    const failure = Array.fromAsync(chunks).catch((error: unknown) => error);
    stop.abort(reason);
    expect(await failure).toBe(reason);
  });
});
