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

/**
 * What a stream tries again and again.
 * - `new`: a new TCP connection each time; with `http`, until the first bytes of an answer.
 * - `held`: one connection that is kept, with an HTTP request as heartbeat.
 * - `udp`: a datagram, always from the same source port.
 * - `control`: as `new`, to a plain container: when that fails, it is the network or the machine.
 */
export const STREAM_KINDS = ['new', 'held', 'udp', 'control'] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

export interface StreamSpec {
  stream: StreamKind;
  /** Of `new` and `control`. */
  protocol: 'http' | 'tcp';
  address: string;
  port: number;
  /** Between two attempts. */
  intervalMs: number;
  /** Of `held`: so many connections, of which one after the other has its turn; left out: one. */
  connections?: number;
}

/** Begins streams; answered at once. `run` is the name by which they are collected. */
export interface StreamsRequest {
  kind: 'streams';
  run: string;
  streams: readonly StreamSpec[];
}

/** Answered with a `StreamsReport` of everything since the begin; with `end`, after the last attempt's answer. */
export interface CollectRequest {
  kind: 'collect';
  run: string;
  end: boolean;
}

/** Attempts that failed, one after another. Times are the begins of attempts, on the agent's clock. */
export interface StreamGap {
  /** The first that failed. */
  from: number;
  /**
   * When it was over: the begin of the next good attempt, or where that took longer than an interval, as of a
   * packet that waited in a queue, its answer. Left out while none has come.
   */
  to?: number;
  count: number;
  /** Of the first. */
  outcome: Exclude<Outcome, 'ok'>;
  /** The last good one before: the address was lost after it. */
  after?: number;
  /** The last that failed: the address came back after it. */
  until: number;
}

/** A held connection that ended. */
export interface StreamBreak {
  at: number;
  outcome: Exclude<Outcome, 'ok'>;
}

export interface Latency {
  p50: number;
  p99: number;
  max: number;
}

export interface StreamReport {
  stream: StreamKind;
  address: string;
  port: number;
  intervalMs: number;
  startedAt: number;
  /** Attempts whose end is known; others may be under way. */
  sent: number;
  /** The begin of the oldest that is under way: of all before it, it is known how they ended. */
  pendingSince?: number;
  ok: number;
  gaps: StreamGap[];
  /** Gaps that were counted and not kept, so that an unsteady address does not fill the memory. */
  moreGaps: number;
  /** Of `held`. */
  breaks: StreamBreak[];
  /** Of `held`: how many connections there are now that have been answered. */
  established?: number;
  /** Of `udp`. */
  sourcePort?: number;
  /** Milliseconds, of those that were answered; left out where none was. */
  latency?: Latency;
  /** The longest time between two begins: longer than the interval where the agent itself was held up. */
  longestPauseMs: number;
  /** Since the last time that it was collected. */
  recent: { sent: number; ok: number; latency?: Latency };
  /** What the agent could not do. Nothing of this stream is to be believed then. */
  failure?: string;
}

export interface StreamsReport {
  at: number;
  streams: StreamReport[];
  /** Processor time of the agent's whole process since the streams began, in milliseconds. */
  cpuMs: number;
}

/** Begins to capture, once and for the agent's lifetime; answered when it does. */
export interface CaptureRequest {
  kind: 'capture';
  /** The interface, such as `eth0`. */
  device: string;
  /** What is captured besides ARP and NDP: packets to and from these. */
  prefixes: readonly string[];
}

/** Answered with `NeighbourPackets`. */
export interface NeighboursRequest {
  kind: 'neighbours';
  /** Only packets after this one, as the last answer's `last` counts; 0 for all. */
  after: number;
}

/** Answered with what was captured, as a capture file, compressed by gzip, in base64. Takes more than a second. */
export interface PcapRequest {
  kind: 'pcap';
  /** Only packets since then, on the agent's CLOCK_MONOTONIC in milliseconds. */
  from: number;
}

export type AgentRequest =
  | AttemptRequest
  | IpRequest
  | ClockRequest
  | CaptureRequest
  | NeighboursRequest
  | PcapRequest
  | StreamsRequest
  | CollectRequest;

/** ARP and NDP packets, as the client's interface has received and sent them. */
export interface NeighbourPackets {
  /** The number of the last one that there is. */
  last: number;
  /** So many were not kept until they were asked for. */
  missed: number;
  /** The packets' times are right give or take this: they were taken on the wall clock. */
  errorMs: number;
  packets: {
    /** The agent's CLOCK_MONOTONIC in milliseconds. */
    at: number;
    /** The Ethernet frame, as far as it was captured, in base64. */
    frame: string;
  }[];
}

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
