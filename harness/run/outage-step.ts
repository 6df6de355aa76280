import { familyOf } from '../../base/addresses.ts';
import { sleep } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { FaultObservation } from '../../reports/record/record.ts';
import { stepOf } from '../judge/state.ts';
import type { StreamResult } from '../probe/streams.ts';
import type { OutageStep } from '../scenario/schema.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { StreamsRun } from './streams.ts';

export interface OutageStepOptions {
  step: string;
  outage: OutageStep;
  /** Of the known deviation, where there is one. */
  known?: OutageStep | undefined;
  /** Left out where the Service had no address to try. */
  streams: StreamsRun | undefined;
  /** True where `after` may bring back what an earlier step has taken away. */
  heals: boolean;
  session: Session;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/** Between two looks at the streams. */
const LOOK_MS = 250;

/**
 * Waits until what a step has cost is over, or the time for that is up, and notes what was looked at. An address that
 * is known to stay away is not waited for.
 */
export async function runOutageStep(options: OutageStepOptions): Promise<void> {
  const { step, outage, known, streams, heals, session, stopwatch, signal } = options;
  const { log } = session;
  const wanted = [outage, ...(known ? [known] : [])];
  const cause = stepOf(log.all(), outage.after);
  // A fault's step looks for its target before it does anything to it.
  const fault = log
    .all()
    .find((one): one is FaultObservation => one.kind === 'fault' && one.step === outage.after);
  const at = fault?.at ?? cause?.at ?? log.now();
  const deadline = log.now() + timeoutMs('failover');
  const look = async (run: StreamsRun) => {
    for (;;) {
      const { at: collected, streams: results } = await run.collect(signal);
      const now = log.since(knownUntil(results, collected));
      const ours = results.map((result) => ({ ...result, gaps: result.gaps.map((gap) => since(gap, log)) }));
      if (now >= deadline || wanted.some((one) => isOver(ours, { outage: one, from: at, now }))) return now;
      await sleep(LOOK_MS, signal);
    }
  };
  const endedAt = streams ? await stopwatch.spend('implementation', () => look(streams)) : log.now();
  log.add({
    kind: 'window',
    at,
    endedAt: Math.max(at, endedAt),
    step,
    of: outage.of,
    after: outage.after,
    cause: cause?.step ?? '',
    heals,
  });
}

/**
 * Of every attempt that began before it, it is known what became of it: one that is under way then may fail, and
 * would make an outage that nobody has waited for. A held connection may be silent for good, and is not waited for.
 */
export function knownUntil(
  streams: readonly Pick<StreamResult, 'stream' | 'pendingSince'>[],
  collected: number,
): number {
  const pending = streams.flatMap(({ stream, pendingSince }) =>
    stream === 'held' || pendingSince === undefined ? [] : [pendingSince],
  );
  return Math.min(collected, ...pending);
}

type Gap = Pick<StreamResult['gaps'][number], 'from' | 'to'>;
type Watched = Pick<StreamResult, 'stream' | 'address'> & { gaps: readonly Gap[] };

function since({ from, to }: Gap, log: Session['log']): Gap {
  return { from: log.since(from), ...(to === undefined ? {} : { to: log.since(to) }) };
}

/**
 * Whether nothing more is to come: each family has been as wanted for the quiet time, as far as attempts are known
 * (`now`). A held connection is not waited for; it may be silent for good.
 */
export function isOver(
  streams: readonly Watched[],
  { outage, from, now }: { outage: OutageStep; from: number; now: number },
): boolean {
  return streams
    .filter(({ stream }) => stream === 'new' || stream === 'udp')
    .every(({ stream, address, gaps }) => {
      const family = familyOf(address);
      const last = gaps.at(-1);
      const isFailing = last !== undefined && last.to === undefined;
      const changed = Math.max(from, last === undefined ? from : (last.to ?? last.from));
      if (now < changed + outage.quiet) return false;
      if (outage.away.includes(family)) return isFailing;
      if (isFailing) return false;
      return stream === 'udp' || !outage.seen.includes(family) || (last?.to ?? -Infinity) > from;
    });
}
