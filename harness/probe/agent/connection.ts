import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6, type Socket } from 'node:net';

import { Client } from 'undici';

import type { Answer } from '../protocol.ts';

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
  const socket = connect({ host: address, port, signal: deadline });
  await once(socket, 'connect', { signal: deadline });
  // Between the handshake and the first request nobody else listens, and an unheard error ends the process.
  socket.on('error', () => {});
  const client = new Client(`http://${isIPv6(address) ? `[${address}]` : address}:${port}`, {
    connect: handOver(socket),
    maxResponseSize: MAX_ANSWER_BYTES,
    // The one bound is the deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    async ask(path) {
      const { statusCode, body } = await client.request({ method: 'GET', path, signal: deadline });
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
    if (given) {
      const error = new Error('the connection was closed after the first answer');
      callback(Object.assign(error, { code: 'UND_ERR_SOCKET' }), null);
      return;
    }
    given = true;
    // Later, as a real connection would: undici does not begin to send from within its call for a connection.
    setImmediate(callback, null, socket);
  };
}

/** Each question is a datagram, and the next datagram from the same address and port its answer. */
export async function openUdp({ address, port, deadline }: Target): Promise<Connection> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    socket.connect(port, address);
    await once(socket, 'connect', { signal: deadline });
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => {});
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
