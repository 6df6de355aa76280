import { createSocket, type SocketType } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import type { Attempt, AttemptRequest } from '../protocol.ts';
import { attempt } from './attempt.ts';

const NETEXEC = ['/hostname', '/clientip'];

function request(over: Partial<AttemptRequest> & { address: string; port: number }): AttemptRequest {
  return { kind: 'attempt', protocol: 'http', ask: NETEXEC, timeoutMs: 50_000, neighbour: false, ...over };
}

/** Listens on a free port of the loopback address while `use` runs. */
async function listening<T>(
  server: Server | HttpServer,
  address: string,
  use: (port: number) => Promise<T>,
): Promise<T> {
  server.listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  try {
    return await use(bound.port);
  } finally {
    server.close();
  }
}

const tcpServer = (onConnection: (socket: Socket) => void) =>
  createServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });

const netexec: RequestListener = ({ url, socket }, response) =>
  response.end(url === '/hostname' ? 'backend-0' : `${socket.remoteAddress}:${socket.remotePort}`);

/** The two families, so that neither is tested alone. */
describe.each(['127.0.0.1', '::1'])('attempt on %s', (address) => {
  const against = (server: Server | HttpServer, over: Partial<AttemptRequest> = {}): Promise<Attempt> =>
    listening(server, address, (port) => attempt(request({ address, port, ...over })));

  it('is ok with both answers over one connection', async () => {
    const ports = new Set<number | undefined>();
    const server = createHttpServer((incoming, response) => {
      ports.add(incoming.socket.remotePort);
      netexec(incoming, response);
    });
    const made = await against(server);
    const [port] = ports;
    expect(made.outcome).toBe('ok');
    expect(made.answers).toEqual([
      { status: 200, body: 'backend-0' },
      { status: 200, body: `${address}:${port}` },
    ]);
    expect(ports.size).toBe(1);
    expect(made.connectedAt).toBeGreaterThanOrEqual(made.startedAt);
    expect(made.endedAt).toBeGreaterThanOrEqual(made.connectedAt ?? Infinity);
  });

  it('connects afresh for each attempt', async () => {
    let connections = 0;
    const server = createHttpServer(netexec).on('connection', () => (connections += 1));
    await listening(server, address, async (port) => {
      await attempt(request({ address, port }));
      await attempt(request({ address, port }));
    });
    expect(connections).toBe(2);
  });

  it('is ok whatever the HTTP status', async () => {
    const made = await against(
      createHttpServer((_incoming, response) => response.writeHead(503).end('busy')),
    );
    expect(made).toMatchObject({ outcome: 'ok', answers: [{ status: 503 }, { status: 503 }] });
  });

  it('asks nothing over TCP', async () => {
    const made = await against(
      tcpServer((socket) => socket.resume()),
      { protocol: 'tcp', ask: [] },
    );
    expect(made).toMatchObject({ outcome: 'ok', answers: [] });
  });

  it('is refused where nothing listens', async () => {
    const port = await listening(createServer(), address, (free) => Promise.resolve(free));
    const made = await attempt(request({ address, port }));
    expect(made).toMatchObject({ outcome: 'refused', detail: 'ECONNREFUSED' });
    expect(made).not.toHaveProperty('connectedAt');
  });

  it('is reset by a RST after the handshake', async () => {
    const made = await against(tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect(made).toMatchObject({ outcome: 'reset', detail: 'ECONNRESET', answers: [] });
    expect(made.connectedAt).toBeDefined();
  });

  it('is reset by a FIN instead of an answer', async () => {
    const made = await against(tcpServer((socket) => socket.once('data', () => socket.end())));
    expect(made).toMatchObject({ outcome: 'reset', detail: 'other side closed' });
  });

  it('is reset by what is not HTTP', async () => {
    const made = await against(tcpServer((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n'))));
    expect(made.outcome).toBe('reset');
    expect(made.detail).toMatch(/^Response does not match the HTTP\/1\.1 protocol/);
  });

  it('takes no second connection when the first is closed between the answers', async () => {
    let connections = 0;
    const server = createHttpServer((incoming, response) => {
      response.setHeader('connection', 'close');
      netexec(incoming, response);
    }).on('connection', () => (connections += 1));
    const made = await against(server);
    expect(made).toMatchObject({
      outcome: 'reset',
      detail: 'the connection was closed before all was answered',
      answers: [{ status: 200, body: 'backend-0' }],
    });
    expect(connections).toBe(1);
  });

  it('times out on silence', async () => {
    const made = await against(
      tcpServer((socket) => socket.resume()),
      { timeoutMs: 50 },
    );
    expect(made).toMatchObject({ outcome: 'timeout', detail: 'nothing within 50 ms' });
  });

  describe('over UDP', () => {
    const type: SocketType = isIPv6(address) ? 'udp6' : 'udp4';
    const udp = { protocol: 'udp', ask: ['hostname', 'clientip'] } as const;

    async function udpPort(use: (port: number) => Promise<Attempt>, answers: boolean): Promise<Attempt> {
      const server = createSocket(type, (message, sender) => {
        if (answers) server.send(`${String(message)} ${sender.port}`, sender.port, sender.address);
      });
      server.bind(0, address);
      await once(server, 'listening');
      try {
        return await use(server.address().port);
      } finally {
        server.close();
      }
    }

    it('is ok with both answers from one port', async () => {
      const made = await udpPort((port) => attempt(request({ address, port, ...udp })), true);
      const ports = made.answers.map(({ body }) => body.split(' ')[1]);
      expect(made.outcome).toBe('ok');
      expect(made.answers.map(({ body }) => body.split(' ')[0])).toEqual(udp.ask);
      expect(new Set(ports).size).toBe(1);
      expect(made).not.toHaveProperty('connectedAt');
    });

    it('times out on silence', async () => {
      const made = await udpPort((port) => attempt(request({ address, port, ...udp, timeoutMs: 50 })), false);
      expect(made).toMatchObject({ outcome: 'timeout', detail: 'nothing within 50 ms' });
    });

    it('is refused where nothing listens', async () => {
      let free = 0;
      await udpPort((port) => {
        free = port;
        return attempt(request({ address, port, ...udp }));
      }, true);
      const made = await attempt(request({ address, port: free, ...udp }));
      expect(made).toMatchObject({ outcome: 'refused', detail: 'ECONNREFUSED' });
    });
  });
});
