import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { StreamReport, StreamSpec } from '../protocol.ts';
import { Streams } from './streams.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nweb-1';
const INTERVAL_MS = 10;

const { beats } = vi.hoisted(() => ({ beats: new Set<() => void>() }));

/** Beats when the test says so. */
vi.mock('./metronome.ts', () => ({
  Metronome: {
    start: () =>
      Promise.resolve({
        onBeat: (listener: () => void) => beats.add(listener),
        [Symbol.asyncDispose]: () => Promise.resolve(beats.clear()),
      }),
  },
}));

/** The sockets are real, and take as long as they do; the clock goes on only when the test says so. */
beforeEach(() =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'hrtime'] }),
);
afterEach(() => void vi.useRealTimers());

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Waits for what comes from the other side; the test's timeout is its bound. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await turn();
}

/** Lets so much time pass, with what comes of it. */
async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await turn();
  await turn();
}

/** The next attempts, one after another, each an interval later. */
async function beat(times = 1): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await pass(INTERVAL_MS);
    for (const listener of beats) listener();
  }
}

/** Answers every request after 2 ms, as netexec does. */
const answering = (socket: Socket) =>
  void socket.on('data', () => {
    vi.advanceTimersByTime(2);
    socket.write(ANSWER);
  });

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

/** A stream as it is now. */
type Look = () => Promise<StreamReport>;

/** The report of one stream, begun before `meanwhile` and ended after it. */
async function reportOf(
  spec: Partial<StreamSpec>,
  meanwhile: (look: Look) => Promise<unknown>,
): Promise<StreamReport> {
  const streams = new Streams();
  const whole = {
    stream: 'new',
    protocol: 'http',
    address: '',
    port: 9,
    intervalMs: INTERVAL_MS,
    ...spec,
  } as const;
  const collect = async (end: boolean) => {
    const [report] = (await streams.collect({ kind: 'collect', run: 'a', end })).streams;
    if (!report) throw new Error('no report');
    return report;
  };
  await streams.begin({ kind: 'streams', run: 'a', streams: [whole] });
  await meanwhile(() => collect(false));
  return collect(true);
}

/** So many attempts, each when the end of the one before is known. */
const attempts = (times: number) => async (look: Look) => {
  for (let count = 0; count < times; count += 1) {
    const { sent } = await look();
    await beat();
    await until(async () => (await look()).sent === sent + 1);
  }
};

/** The two families, so that neither is tested alone. */
describe.each(['127.0.0.1', '::1'])('streams to %s', (address) => {
  it.each([
    ['http', 2],
    // Nothing but the handshake, during which the clock stands still.
    ['tcp', 0],
  ] as const)('make new connections, %s', async (protocol, latencyMs) => {
    await using server = await listen(address, answering);
    const report = await reportOf({ protocol, address, port: server.port }, attempts(6));
    expect(report).toMatchObject({ sent: 6, ok: 6, gaps: [], breaks: [], stream: 'new' });
    await until(() => server.sockets.length >= 6);
    expect(server.sockets).toHaveLength(6);
    expect(report.latency?.p50).toBeCloseTo(latencyMs, 2);
  });

  it('see an outage of the backend from its begin to its end', async () => {
    let silent = false;
    await using server = await listen(address, (socket) => {
      if (!silent) answering(socket);
    });
    const report = await reportOf({ address, port: server.port }, async (look) => {
      await attempts(3)(look);
      silent = true;
      await beat(5);
      await until(() => server.sockets.length === 8);
      silent = false;
      // They are counted when those before them have been given up; the stream closes what was answered.
      for (const next of [8, 9]) {
        await beat();
        await until(() => server.sockets[next]?.destroyed === true);
      }
      await pass(950);
      await until(async () => (await look()).sent === 10);
    });
    const begin = report.startedAt;
    // An attempt every 10 ms, and 2 ms of the clock for each answer before.
    expect(report.gaps).toEqual([
      {
        from: begin + 46,
        to: begin + 96,
        after: begin + 34,
        until: begin + 86,
        count: 5,
        outcome: 'timeout',
      },
    ]);
  });

  it('tell refusals from silence', async () => {
    const { port } = await (async () => {
      await using server = await listen(address, answering);
      return server;
    })();
    const report = await reportOf({ address, port }, attempts(4));
    expect(report).toMatchObject({ sent: 4, ok: 0, gaps: [{ outcome: 'refused', count: 4 }] });
  });

  it.each([
    ['what is not HTTP', (socket: Socket) => void socket.end('hello there')],
    ['an end without an answer', (socket: Socket) => void socket.end()],
  ])('take %s for a reset', async (_, onConnection) => {
    await using server = await listen(address, onConnection);
    const report = await reportOf({ address, port: server.port }, attempts(4));
    expect(report).toMatchObject({ sent: 4, ok: 0, gaps: [{ outcome: 'reset', count: 4 }] });
  });

  describe('with a held connection', () => {
    const held = { stream: 'held', address } as const;

    it('use one for all of their requests', async () => {
      await using server = await listen(address, answering);
      const report = await reportOf({ ...held, port: server.port }, attempts(6));
      expect(report).toMatchObject({ sent: 6, ok: 6, gaps: [], breaks: [], established: 1 });
      expect(server.sockets).toHaveLength(1);
    });

    it('use several, each in its turn', async () => {
      const asked = new Map<Socket, number>();
      await using server = await listen(address, (socket) => {
        answering(socket);
        socket.on('data', () => asked.set(socket, (asked.get(socket) ?? 0) + 1));
      });
      const report = await reportOf({ ...held, connections: 3, port: server.port }, attempts(9));
      expect(report).toMatchObject({ sent: 9, ok: 9, breaks: [], established: 3 });
      expect([...asked.values()]).toEqual([3, 3, 3]);
    });

    it('wait for all of an answer that comes in parts', async () => {
      const asked = Promise.withResolvers<void>();
      await using server = await listen(address, (socket) => {
        socket.on('data', () => {
          socket.write(ANSWER.slice(0, -2));
          asked.resolve();
        });
      });
      const report = await reportOf({ ...held, port: server.port }, async (look) => {
        await beat();
        await asked.promise;
        for (let count = 0; count < 50; count += 1) await turn();
        expect((await look()).sent).toBe(0);
        await pass(5);
        server.sockets[0]?.write(ANSWER.slice(-2));
        await until(async () => (await look()).sent === 1);
      });
      expect(report).toMatchObject({ sent: 1, ok: 1, breaks: [] });
      expect(report.latency?.p50).toBeCloseTo(5, 2);
    });

    it('note when it is reset, and go on with another one', async () => {
      await using server = await listen(address, answering);
      const report = await reportOf({ ...held, port: server.port }, async (look) => {
        await attempts(2)(look);
        server.sockets[0]?.resetAndDestroy();
        await until(async () => (await look()).breaks.length === 1);
        await attempts(3)(look);
      });
      expect(report.breaks).toMatchObject([{ outcome: 'reset' }]);
      expect(server.sockets).toHaveLength(2);
      expect(report).toMatchObject({ sent: 5, ok: 5 });
    });

    it('note a stall, and that the connection outlived it', async () => {
      let isStalled = false;
      const waiting: Socket[] = [];
      await using server = await listen(address, (socket) => {
        socket.on('data', () => (isStalled ? waiting.push(socket) : socket.write(ANSWER)));
      });
      const report = await reportOf({ ...held, port: server.port }, async (look) => {
        await attempts(3)(look);
        isStalled = true;
        await beat();
        await until(() => waiting.length === 1);
        // The one that waits stands for all of them.
        await beat(35);
        isStalled = false;
        waiting[0]?.write(ANSWER);
        await until(async () => (await look()).sent === 4);
        await attempts(2)(look);
      });
      expect(waiting).toHaveLength(1);
      expect(report).toMatchObject({ breaks: [], sent: 6, ok: 6, gaps: [{ count: 1 }] });
      const [{ from, to = 0 } = { from: 0 }] = report.gaps;
      expect(to - from).toBe(350);
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
      const report = await reportOf({ stream: 'udp', address, port: server.address().port }, attempts(4));
      server.close();
      expect(report).toMatchObject({ sent: 4, ok: 4, gaps: [] });
      expect([...ports]).toEqual([report.sourcePort]);
    });

    it('are told of a port that nobody listens on', async () => {
      const server = createSocket(type);
      server.bind(0, address);
      await once(server, 'listening');
      const { port } = server.address();
      await new Promise<void>((resolve) => server.close(resolve));
      const report = await reportOf({ stream: 'udp', address, port }, attempts(3));
      expect(report).toMatchObject({ sent: 3, ok: 0, gaps: [{ outcome: 'refused', count: 3 }] });
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
    intervalMs: INTERVAL_MS,
  } as const;
  await streams.begin({ kind: 'streams', run: 'a', streams: [spec, { ...spec, intervalMs: 50 }] });
  const look = (end = false) => streams.collect({ kind: 'collect', run: 'a', end });
  const sent = async () => (await look()).streams.map((stream) => stream.sent);
  await beat(25);
  await until(async () => (await sent()).join() === '25,6');
  await beat();
  await until(async () => (await sent()).join() === '26,6');
  const late = await look(true);
  expect(late.streams).toMatchObject([
    { sent: 26, ok: 26 },
    { sent: 6, ok: 6 },
  ]);
  expect(late.cpuMs).toBeGreaterThan(0);
  await expect(look(true)).rejects.toThrow('there are no streams a');
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
