import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { StreamReport, StreamSpec } from '../protocol.ts';
import { Streams } from './streams.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nweb-1';

/** Answers every request, as netexec does. */
const answering = (socket: Socket) => void socket.on('data', () => socket.write(ANSWER));

interface Listening extends AsyncDisposable {
  port: number;
  /** Of the connections that there were. */
  sockets: Socket[];
}

async function listen(address: string, onConnection: (socket: Socket) => void): Promise<Listening> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  return {
    port: bound.port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The report of one stream, begun before `meanwhile` and ended after it. */
async function reportOf(spec: Partial<StreamSpec>, meanwhile: () => Promise<unknown>): Promise<StreamReport> {
  const streams = new Streams();
  const whole = { stream: 'new', protocol: 'http', address: '', port: 9, intervalMs: 10, ...spec } as const;
  await streams.begin({ kind: 'streams', run: 'a', streams: [whole] });
  await meanwhile();
  const { streams: reports } = await streams.collect({ kind: 'collect', run: 'a', end: true });
  const [report] = reports;
  if (!report) throw new Error('no report');
  return report;
}

/** The two families, so that neither is tested alone. */
describe.each(['127.0.0.1', '::1'])('streams to %s', (address) => {
  it.each(['http', 'tcp'] as const)('make new connections, %s', async (protocol) => {
    await using server = await listen(address, answering);
    const report = await reportOf({ protocol, address, port: server.port }, () => pause(200));
    expect(report.sent).toBeGreaterThan(5);
    expect(report).toMatchObject({ ok: report.sent, gaps: [], breaks: [], stream: 'new' });
    expect(server.sockets).toHaveLength(report.sent);
    expect(report.latency?.p50).toBeGreaterThan(0);
  });

  it('see an outage of the backend from its begin to its end', async () => {
    let silent = false;
    await using server = await listen(address, (socket) => {
      if (!silent) answering(socket);
    });
    const report = await reportOf({ address, port: server.port }, async () => {
      await pause(100);
      silent = true;
      await pause(300);
      silent = false;
      await pause(100);
    });
    expect(report.gaps).toMatchObject([{ outcome: 'timeout' }]);
    const [{ from, to = Infinity, after = 0, until } = { from: 0, until: 0 }] = report.gaps;
    expect(to - after).toBeGreaterThanOrEqual(290);
    expect(until - from).toBeLessThan(400);
  });

  it('tell refusals from silence', async () => {
    const { port } = await (async () => {
      await using server = await listen(address, answering);
      return server;
    })();
    const report = await reportOf({ address, port }, () => pause(60));
    expect(report).toMatchObject({ ok: 0, gaps: [{ outcome: 'refused', count: report.sent }] });
  });

  it.each([
    ['what is not HTTP', (socket: Socket) => void socket.end('hello there')],
    ['an end without an answer', (socket: Socket) => void socket.end()],
  ])('take %s for a reset', async (_, onConnection) => {
    await using server = await listen(address, onConnection);
    const report = await reportOf({ address, port: server.port }, () => pause(60));
    expect(report).toMatchObject({ ok: 0, gaps: [{ outcome: 'reset', count: report.sent }] });
  });

  describe('with a held connection', () => {
    const held = { stream: 'held', address } as const;

    it('use one for all of their requests', async () => {
      await using server = await listen(address, answering);
      const report = await reportOf({ ...held, port: server.port }, () => pause(150));
      expect(report.sent).toBeGreaterThan(5);
      expect(report).toMatchObject({ ok: report.sent, gaps: [], breaks: [] });
      expect(server.sockets).toHaveLength(1);
    });

    it('wait for all of an answer that comes in parts', async () => {
      await using server = await listen(address, (socket) => {
        socket.on('data', () => {
          socket.write(ANSWER.slice(0, -2));
          setTimeout(() => socket.write(ANSWER.slice(-2)), 5);
        });
      });
      const report = await reportOf({ ...held, port: server.port }, () => pause(100));
      expect(report).toMatchObject({ ok: report.sent, breaks: [] });
      expect(report.latency?.p50).toBeGreaterThan(4);
    });

    it('note when it is reset, and go on with another one', async () => {
      await using server = await listen(address, answering);
      const report = await reportOf({ ...held, port: server.port }, async () => {
        await pause(60);
        server.sockets[0]?.resetAndDestroy();
        await pause(100);
      });
      expect(report.breaks).toMatchObject([{ outcome: 'reset' }]);
      expect(server.sockets).toHaveLength(2);
      expect(report.ok).toBeGreaterThan(5);
    });

    it('note a stall, and that the connection outlived it', async () => {
      let waiting: (() => void)[] | undefined;
      await using server = await listen(address, (socket) => {
        socket.on('data', () => (waiting ? waiting.push(() => socket.write(ANSWER)) : socket.write(ANSWER)));
      });
      const report = await reportOf({ ...held, port: server.port }, async () => {
        await pause(100);
        waiting = [];
        await pause(350);
        for (const answer of waiting) answer();
        waiting = undefined;
        await pause(60);
      });
      expect(report).toMatchObject({ breaks: [], ok: report.sent, gaps: [{ count: 1 }] });
      const [{ from, to = 0 } = { from: 0 }] = report.gaps;
      expect(to - from).toBeGreaterThan(300);
    });
  });

  describe('over UDP', () => {
    const type = isIPv6(address) ? 'udp6' : 'udp4';

    it('always come from one port', async () => {
      const ports = new Set<number>();
      const server = createSocket(type, (message, sender) => {
        ports.add(sender.port);
        // As netexec answers `echo 7`.
        server.send(String(message).replace('echo ', ''), sender.port, sender.address);
      });
      server.bind(0, address);
      await once(server, 'listening');
      const report = await reportOf({ stream: 'udp', address, port: server.address().port }, () =>
        pause(100),
      );
      server.close();
      expect(report.sent).toBeGreaterThan(3);
      expect(report).toMatchObject({ ok: report.sent, gaps: [] });
      expect([...ports]).toEqual([report.sourcePort]);
    });

    it('are told of a port that nobody listens on', async () => {
      const server = createSocket(type);
      server.bind(0, address);
      await once(server, 'listening');
      const { port } = server.address();
      await new Promise<void>((resolve) => server.close(resolve));
      const report = await reportOf({ stream: 'udp', address, port }, () => pause(100));
      expect(report).toMatchObject({ ok: 0, gaps: [{ outcome: 'refused' }] });
    });
  });
});

it('tell what has been until now, and end once', async () => {
  await using server = await listen('127.0.0.1', answering);
  const streams = new Streams();
  const spec = {
    stream: 'new',
    protocol: 'tcp',
    address: '127.0.0.1',
    port: server.port,
    intervalMs: 10,
  } as const;
  await streams.begin({ kind: 'streams', run: 'a', streams: [spec, { ...spec, intervalMs: 50 }] });
  await pause(250);
  const early = await streams.collect({ kind: 'collect', run: 'a', end: false });
  const late = await streams.collect({ kind: 'collect', run: 'a', end: true });
  const [often, seldom] = early.streams;
  expect(often?.sent).toBeGreaterThan(2 * (seldom?.sent ?? 0));
  expect(late.streams[0]?.sent).toBeGreaterThanOrEqual(often?.sent ?? Infinity);
  expect(late.cpuMs).toBeGreaterThan(0);
  await expect(streams.collect({ kind: 'collect', run: 'a', end: true })).rejects.toThrow(
    'there are no streams a',
  );
});

it('have names of their own', async () => {
  const streams = new Streams();
  const spec = { stream: 'new', protocol: 'tcp', address: '127.0.0.1', port: 9, intervalMs: 1000 } as const;
  await streams.begin({ kind: 'streams', run: 'a', streams: [spec] });
  await expect(streams.begin({ kind: 'streams', run: 'a', streams: [spec] })).rejects.toThrow(
    'there are streams a already',
  );
  await expect(streams.begin({ kind: 'streams', run: 'b', streams: [] })).rejects.toThrow(
    'there is no stream to begin',
  );
  await streams.collect({ kind: 'collect', run: 'a', end: true });
});
