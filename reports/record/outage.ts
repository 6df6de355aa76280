import type { Family } from '../../base/addresses.ts';
import type { StreamObservation } from './observation.ts';

/** When something was done that may cost answers, and until when what followed is put down to it. */
export interface OutageWindow {
  from: number;
  to: number;
  /** True where a fault was taken back: what was lost before is still lost when it begins. */
  heals?: boolean;
}

/** What was seen on the way to the first answer. Of no family: of the Service as a whole. */
export interface Milestone {
  /** elected: the implementation says who announces. announced: it was heard on the link. */
  part: 'elected' | 'announced';
  at: number;
  family?: Family;
  /** Who, where that was seen. */
  node?: string;
}

/** What became of the connection that was held, or of all of them together. */
export interface HeldFate {
  /**
   * kept: nothing was felt. stalled: it went on after a while. ended: it broke. silent: no answer came any more.
   * incomplete: of several, not all came about.
   */
  fate: 'kept' | 'stalled' | 'ended' | 'silent' | 'incomplete';
  /** Of several: how many there were to be. */
  connections?: number;
  /** How long it did not answer; of `ended` until another one did. Left out where none did. */
  ms?: number;
  /** Of `ended`. */
  outcome?: StreamObservation['gaps'][number]['outcome'];
}

/** What one family of a Service went through, in milliseconds; `…After` since the window's begin. */
export interface Outage {
  family: Family;
  address: string;
  /** How long new connections failed; 0 for not at all. Until the window's end where it is not over. */
  downMs: number;
  /** The true length differs from `downMs` by no more: the time between two attempts at its edges. */
  errorMs: number;
  recovered: boolean;
  /** Attempts that failed. */
  failed: number;
  /** More than one where it came and went. */
  gaps: number;
  lostAfter?: number;
  electedAfter?: number;
  announcedAfter?: number;
  /** The first good connection after the last that failed. */
  answeredAfter?: number;
  held?: HeldFate;
  udp?: { downMs: number; recovered: boolean; answeredAfter?: number };
  /** Why nothing of it is to be believed. */
  inconclusive?: string;
}

export interface OutageInput {
  window: OutageWindow;
  /** The streams of one Service and family, one of new connections and the control's among them. */
  streams: readonly StreamObservation[];
  milestones: readonly Milestone[];
}

type Gap = StreamObservation['gaps'][number];

/**
 * What happened to one address from a window's begin on. Undefined where no new connections were tried. Pure:
 * from what was observed, so that a stored run tells the same.
 */
export function outageOf({ window, streams, milestones }: OutageInput): Outage | undefined {
  const stream = streams.find((one) => one.stream === 'new');
  if (!stream) return undefined;
  const gaps = gapsIn(window, stream);
  const [first] = gaps;
  const last = gaps.at(-1);
  const held = streams.find((one) => one.stream === 'held');
  const udp = streams.find((one) => one.stream === 'udp');
  const recovered = last === undefined || last.to !== undefined;
  const until = last?.to ?? window.to;
  const reason = doubt({ window: { ...window, to: until }, stream, streams });
  const after = (part: Milestone['part']) => milestoneAfter(part, { window, stream, milestones });
  return {
    family: stream.family,
    address: stream.address,
    downMs: downMs(gaps, window),
    errorMs: Math.max(stream.intervalMs, sum(gaps.map((gap) => errorOf(gap, stream.intervalMs)))),
    recovered,
    failed: sum(gaps.map(({ count }) => count)),
    gaps: gaps.length,
    ...(first ? { lostAfter: first.from - window.from } : {}),
    ...after('elected'),
    ...after('announced'),
    ...(last?.to === undefined ? {} : { answeredAfter: last.to - window.from }),
    ...(held ? { held: heldFate(held, window) } : {}),
    ...(udp ? { udp: udpReturn(udp, window) } : {}),
    ...(reason === undefined ? {} : { inconclusive: reason }),
  };
}

/** Those that began in it, or with `heals` reach into it; what ended later has not ended. */
function gapsIn(window: OutageWindow, { gaps }: StreamObservation): Gap[] {
  return gaps
    .filter(
      (gap) => gap.from < window.to && (gap.from >= window.from || (window.heals && reaches(gap, window))),
    )
    .map(({ to, ...gap }) => ({
      ...gap,
      from: Math.max(gap.from, window.from),
      ...(to === undefined || to > window.to ? {} : { to }),
    }));
}

function reaches({ from, to = Infinity }: Gap, window: OutageWindow): boolean {
  return from < window.to && to > window.from;
}

function downMs(gaps: readonly Gap[], window: OutageWindow): number {
  return sum(gaps.map(({ from, to = window.to }) => to - from));
}

/**
 * The address was lost between the last good attempt and the first that failed, and came back between the last
 * that failed and the next good one.
 */
function errorOf({ from, to, after, until }: Gap, intervalMs: number): number {
  const begin = Math.max(0, from - (after ?? from - intervalMs));
  return Math.max(begin, to === undefined ? 0 : to - until);
}

function doubt(options: {
  window: OutageWindow;
  stream: StreamObservation;
  streams: readonly StreamObservation[];
}): string | undefined {
  const { window, stream, streams } = options;
  if (stream.endedAt <= window.from) return 'the stream had ended before';
  if (!window.heals && stream.gaps.some((gap) => gap.from < window.from && reaches(gap, window))) {
    return `${stream.family} failed before it already`;
  }
  if ((stream.moreGaps ?? 0) > 0) return `${stream.family} came and went more often than is kept`;
  const control = streams.find((one) => one.stream === 'control');
  if (!control) return 'there was no control';
  if (control.ok === 0) return 'the control was never answered';
  const lost = control.gaps.find((gap) => reaches(gap, window));
  if (!lost && (control.moreGaps ?? 0) === 0) return undefined;
  const attempts = lost ? `, ${lost.count} ${lost.count === 1 ? 'attempt' : 'attempts'} in a row` : '';
  return `the control ${control.address} failed too${attempts}`;
}

function milestoneAfter(
  part: Milestone['part'],
  options: { window: OutageWindow; stream: StreamObservation; milestones: readonly Milestone[] },
): Pick<Outage, 'electedAfter' | 'announcedAfter'> {
  const { window, stream, milestones } = options;
  const seen = milestones.find(
    (one) =>
      one.part === part &&
      one.at >= window.from &&
      one.at < window.to &&
      (one.family ?? stream.family) === stream.family,
  );
  if (!seen) return {};
  const ms = seen.at - window.from;
  return part === 'elected' ? { electedAfter: ms } : { announcedAfter: ms };
}

function heldFate(stream: StreamObservation, window: OutageWindow): HeldFate {
  const gaps = gapsIn(window, stream);
  const open = gaps.some(({ to }) => to === undefined);
  const ms = open ? {} : { ms: downMs(gaps, window) };
  const { connections, established = 0 } = stream;
  const all = connections === undefined ? {} : { connections };
  const end = stream.breaks?.find(({ at }) => at >= window.from && at < window.to);
  if (end) return { fate: 'ended', outcome: end.outcome, ...ms, ...all };
  if (open) return { fate: 'silent', ...all };
  if (connections !== undefined && established < connections) return { fate: 'incomplete', ...all };
  return gaps.length > 0 ? { fate: 'stalled', ...ms, ...all } : { fate: 'kept', ...all };
}

function udpReturn(stream: StreamObservation, window: OutageWindow): NonNullable<Outage['udp']> {
  const gaps = gapsIn(window, stream);
  const last = gaps.at(-1);
  return {
    downMs: downMs(gaps, window),
    recovered: last === undefined || last.to !== undefined,
    ...(last?.to === undefined ? {} : { answeredAfter: last.to - window.from }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
