import { monotonicMs } from '../../../base/clock.ts';
import type { Answer, Attempt, AttemptRequest } from '../protocol.ts';
import { openTcp, openUdp } from './connection.ts';
import { failureOf } from './failure.ts';

/**
 * Connects afresh, asks what is to be asked, and closes.
 * @throws what is neither an answer nor a failure of the network, such as having no file descriptors left.
 */
export async function attempt(request: AttemptRequest): Promise<Attempt> {
  const { address, port, protocol, ask, timeoutMs } = request;
  const open = protocol === 'udp' ? openUdp : openTcp;
  const answers: Answer[] = [];
  let connectedAt: number | undefined;
  // Not AbortSignal.timeout: it would keep each connection in memory until its time is up.
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const startedAt = monotonicMs();
  const made = (outcome: Pick<Attempt, 'outcome' | 'detail'>): Attempt => ({
    ...outcome,
    startedAt,
    ...(connectedAt === undefined ? {} : { connectedAt }),
    endedAt: monotonicMs(),
    answers,
  });
  try {
    using connection = await open({ address, port, deadline: deadline.signal });
    // "Connecting" a UDP socket sends nothing, so it tells nothing.
    if (protocol !== 'udp') connectedAt = monotonicMs();
    for (const question of ask) answers.push(await connection.ask(question));
    return made({ outcome: 'ok' });
  } catch (error) {
    if (deadline.signal.aborted)
      return made({ outcome: 'timeout', detail: `nothing within ${timeoutMs} ms` });
    const failure = failureOf(error);
    if (!failure) throw error;
    return made(failure);
  } finally {
    clearTimeout(timer);
  }
}
