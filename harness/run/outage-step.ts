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
  /** Left out where the Service had no address to try. */
  streams: StreamsRun | undefined;
  /** True where `after` may bring back what an earlier step has taken away. */
  heals: boolean;
  session: Session;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/**
 * What became of an attempt is known so long after its begin (950 ms, and a sweep). Later ones are not looked at: one
 * that fails would make an outage that nobody has waited for.
 */
const KNOWN_AFTER_MS = 1000;

/** Between two looks at the streams. */
const LOOK_MS = 250;

/** Waits until what a step has cost is over, or the time for that is up, and notes what was looked at. */
export async function runOutageStep(options: OutageStepOptions): Promise<void> {
  const { step, outage, streams, heals, session, stopwatch, signal } = options;
  const { log } = session;
  const cause = stepOf(log.all(), outage.after);
  // A fault's step looks for its target before it does anything to it.
  const fault = log
    .all()
    .find((one): one is FaultObservation => one.kind === 'fault' && one.step === outage.after);
  const at = fault?.at ?? cause?.at ?? log.now();
  const deadline = log.now() + timeoutMs('failover');
  const look = async (run: StreamsRun) => {
    do {
      const { streams: results } = await run.collect(signal);
      const ours = results.map((result) => ({ ...result, gaps: result.gaps.map((gap) => since(gap, log)) }));
      if (isOver(ours, { outage, from: at, now: log.now() })) return;
      await sleep(LOOK_MS, signal);
    } while (log.now() < deadline);
  };
  if (streams) await stopwatch.spend('implementation', () => look(streams));
  log.add({
    kind: 'window',
    at,
    endedAt: Math.max(at, log.now() - KNOWN_AFTER_MS),
    step,
    of: outage.of,
    after: outage.after,
    cause: cause?.step ?? '',
    heals,
  });
}

type Gap = Pick<StreamResult['gaps'][number], 'from' | 'to'>;
type Watched = Pick<StreamResult, 'stream' | 'address'> & { gaps: readonly Gap[] };

function since({ from, to }: Gap, log: Session['log']): Gap {
  return { from: log.since(from), ...(to === undefined ? {} : { to: log.since(to) }) };
}

/**
 * Whether nothing more is to come: each family has been as wanted for the quiet time. A held connection is not
 * waited for; it may be silent for good.
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
