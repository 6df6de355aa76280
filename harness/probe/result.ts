import { z } from 'zod';

import { canonical, familyOf, parseAddress, type Family } from '../../base/addresses.ts';
import { parseNeighbours, type Neighbour } from './neighbour.ts';
import { OUTCOMES, type Outcome, type ProbeProtocol } from './protocol.ts';

/** What one attempt to reach an address and port met: a fact, not a verdict. */
export interface ProbeResult {
  protocol: ProbeProtocol;
  family: Family;
  /** In canonical text. */
  address: string;
  port: number;
  outcome: Outcome;
  /** The errno or what was wrong in words; for `ok`, what came. */
  detail: string;
  /** The HTTP status; of several answers, the first that is not 200. */
  status: number | undefined;
  /** The name of the pod that answered. */
  backend: string | undefined;
  /** The address from which the backend saw the request come, in canonical text. */
  source: string | undefined;
  /** How many bytes of the payload came back unchanged; undefined where none was sent. */
  echoed: number | undefined;
  /** CLOCK_MONOTONIC of the probe's container in milliseconds. */
  startedAt: number;
  /** Until the TCP handshake was done. */
  connectMs: number | undefined;
  /** Until the last answer or the failure. */
  totalMs: number;
  /** The probe's neighbour entry for the address, read right after; undefined where there is none. */
  neighbour: Neighbour | undefined;
}

export interface AskedTarget {
  protocol: ProbeProtocol;
  address: string;
  port: number;
  /** So many bytes are asked to be sent back. */
  payload?: number | undefined;
}

/** What netexec is asked, in this order: `resultOf` reads the answers by it. */
const QUESTIONS = ['hostname', 'clientip'];

/** The questions of a probe, as the protocol wants them written. TCP asks nothing. */
export function questionsOf({ protocol, payload }: Pick<AskedTarget, 'protocol' | 'payload'>): string[] {
  if (protocol === 'tcp') return [];
  const echo = payload === undefined ? undefined : payloadOf(payload);
  return protocol === 'http'
    ? [...QUESTIONS.map((question) => `/${question}`), ...(echo === undefined ? [] : [`/echo?msg=${echo}`])]
    : [...QUESTIONS, ...(echo === undefined ? [] : [`echo ${echo}`])];
}

/** Letters that need no encoding in a URL, in lower case as netexec's UDP server answers; no two runs of 26 alike. */
function payloadOf(bytes: number): string {
  return Array.from({ length: bytes }, (_, index) =>
    String.fromCharCode(97 + ((index + Math.floor(index / 26)) % 26)),
  ).join('');
}

const attemptSchema = z.object({
  outcome: z.enum(OUTCOMES),
  detail: z.string().optional(),
  startedAt: z.number(),
  connectedAt: z.number().optional(),
  endedAt: z.number(),
  answers: z.array(z.object({ status: z.int().optional(), body: z.string() })),
  neighbours: z.string().optional(),
});

/** Makes a result of what the agent answered. @throws ZodError when it is not an attempt */
export function resultOf(target: AskedTarget, answer: unknown): ProbeResult {
  const { protocol, address, port, payload } = target;
  const attempt = attemptSchema.parse(answer);
  const statuses = attempt.answers.flatMap(({ status }) => (status === undefined ? [] : [status]));
  const status = statuses.find((one) => one !== 200) ?? statuses[0];
  // The body of another status is an error page, and not what was asked for.
  const [backend, client, echo] = attempt.answers.map((one) =>
    (one.status ?? 200) === 200 ? one.body : undefined,
  );
  return {
    protocol,
    family: familyOf(address),
    address: canonical(address),
    port,
    outcome: attempt.outcome,
    detail: attempt.detail ?? describeSuccess(protocol, status),
    status,
    backend: backend?.trim(),
    source: client === undefined ? undefined : sourceOf(client),
    echoed: payload === undefined ? undefined : commonLength(payloadOf(payload), echo ?? ''),
    startedAt: attempt.startedAt,
    connectMs: attempt.connectedAt === undefined ? undefined : attempt.connectedAt - attempt.startedAt,
    totalMs: attempt.endedAt - attempt.startedAt,
    neighbour: attempt.neighbours === undefined ? undefined : parseNeighbours(attempt.neighbours)[0],
  };
}

function describeSuccess(protocol: ProbeProtocol, status: number | undefined): string {
  if (status !== undefined) return `HTTP ${status}`;
  return protocol === 'udp' ? 'answered' : 'connected';
}

function commonLength(sent: string, came: string): number {
  // More than was sent is not what was sent either.
  if (came.startsWith(sent)) return came.length;
  let length = 0;
  while (sent[length] === came[length]) length += 1;
  return length;
}

/** The address of netexec's `192.0.2.1:4711` or `[2001:db8::1]:4711`; undefined for anything else. */
function sourceOf(client: string): string | undefined {
  const text = /^\[?([^\]]+)\]?:\d+$/.exec(client.trim())?.[1];
  try {
    return text === undefined ? undefined : canonical(parseAddress(text));
  } catch {
    return undefined;
  }
}
