import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6, type Socket } from 'node:net';

import { Client } from 'undici';

import type { Answer } from '../protocol.ts';
import { CLOSED } from './failure.ts';

export interface Target {
  address: string;
  port: number;
  deadline: AbortSignal;
}

/** A fresh connection. What is asked over it goes to one backend: kube-proxy chooses per flow. */
export interface Connection extends Disposable {
  ask(question: string): Promise<Answer>;
}

/** More than any answer of agnhost's netexec; what is longer is somebody else's. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Does the TCP handshake; each question is the path of a GET on this same connection. */
export async function openTcp({ address, port, deadline }: Target): Promise<Connection> {
  const socket = connect({ host: address, port });
  // For when nobody else listens, as between the handshake and the first request: an unheard error would end
  // the agent.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal: deadline });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const client = new Client(`http://${isIPv6(address) ? `[${address}]` : address}:${port}`, {
    connect: handOver(socket),
    maxResponseSize: MAX_ANSWER_BYTES,
    // The one bound is the deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // A signal given to a request does not end one that still waits for a connection.
  deadline.addEventListener('abort', () => void client.destroy(), { once: true });
  return {
    async ask(path) {
      const { statusCode, body } = await client.request({ method: 'GET', path });
      return { status: statusCode, body: await body.text() };
    },
    [Symbol.dispose]() {
      socket.destroy();
      void client.destroy();
    },
  };
}

/** Gives undici the socket there is, and never another one: a second connection may meet another backend. */
function handOver(socket: Socket): NonNullable<Client.Options['connect']> {
  let given = false;
  return (_options, callback) => {
    // Later, as for a real connection: undici loses what it is told from within its call for a connection.
    if (!given) setImmediate(callback, null, socket);
    else setImmediate(callback, closedError(), null);
    given = true;
  };
}

/** Not UND_ERR_SOCKET: on that, undici asks for a connection again, and again, without a pause. */
function closedError(): Error {
  const error = new Error('the connection was closed before all was answered');
  return Object.assign(error, { code: CLOSED });
}

/** Each question is a datagram, and the next datagram from the same address and port its answer. */
export async function openUdp({ address, port, deadline }: Target): Promise<Connection> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('error', () => {});
  try {
    socket.connect(port, address);
    await once(socket, 'connect', { signal: deadline });
  } catch (error) {
    socket.close();
    throw error;
  }
  return {
    async ask(question) {
      const answered = once(socket, 'message', { signal: deadline });
      socket.send(question);
      const [message] = await answered;
      return { body: String(message) };
    },
    [Symbol.dispose]() {
      socket.close();
    },
  };
}
