/**
 * What the harness and the agent in the probe's container say to one another: JSON, one message a line, over
 * the agent's standard input and output. The agent imports types only from here, so it needs no zod.
 */

export const PROTOCOLS = ['http', 'tcp', 'udp'] as const;
export type ProbeProtocol = (typeof PROTOCOLS)[number];

/**
 * How an attempt to reach an address and port ended.
 * - `ok`: everything that was asked was answered, whatever the HTTP status; for TCP, the handshake was done.
 * - `refused`: the address, or a node before it, said that nothing listens (TCP RST, ICMP port unreachable).
 * - `unreachable`: no neighbour answers for the address, there is no route, or a router said so.
 * - `timeout`: nothing came within the time given. For UDP also where nobody answers for the address: Linux keeps
 *   a host unreachable from a UDP socket that has not asked for it (IP_RECVERR in ip(7)).
 * - `reset`: connected, but the connection ended without a complete and well-formed answer.
 */
export const OUTCOMES = ['ok', 'refused', 'timeout', 'unreachable', 'reset'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface AttemptRequest {
  kind: 'attempt';
  protocol: ProbeProtocol;
  address: string;
  port: number;
  /** Asked one after the other over one connection: the paths of GETs, or the payloads of datagrams. */
  ask: readonly string[];
  /** For the whole attempt, from the first packet to the last answer. */
  timeoutMs: number;
  /** Whether to read the neighbour table right after; it takes one process. */
  neighbour: boolean;
}

/** Runs iproute2's `ip` with these arguments; answered with its standard output. */
export interface IpRequest {
  kind: 'ip';
  args: readonly string[];
}

/** Answered with the agent's CLOCK_MONOTONIC in milliseconds. */
export interface ClockRequest {
  kind: 'clock';
}

export type AgentRequest = AttemptRequest | IpRequest | ClockRequest;

export interface Answer {
  /** The HTTP status; a datagram has none. */
  status?: number;
  body: string;
}

/** What the agent answers to an `AttemptRequest`. Times are its CLOCK_MONOTONIC in milliseconds. */
export interface Attempt {
  outcome: Outcome;
  /** For an outcome other than `ok`: the errno, or what was wrong in words. */
  detail?: string;
  startedAt: number;
  /** When the TCP handshake was done. */
  connectedAt?: number;
  endedAt: number;
  answers: Answer[];
  /** `ip -json neigh show to ADDRESS`, unparsed. */
  neighbours?: string;
}

/** A line to the agent, and the line that answers it: `id` ties them, for many are under way at once. */
export type RequestLine = { id: number } & AgentRequest;
export type AnswerLine = { id: number; value: unknown } | { id: number; error: string };
