import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import type { AgentLink } from './agent-link.ts';
import { OUTCOMES, STREAM_KINDS, type StreamSpec } from './protocol.ts';

/** Streams that run in the agent, whatever the harness does meanwhile. */
export interface StartedStreams {
  /** What was counted until now; what is under way is not in it. */
  collect(signal?: AbortSignal): Promise<StreamsResult>;
  /** Ends them: no attempt is made any more, and those under way are waited for. */
  end(signal?: AbortSignal): Promise<StreamsResult>;
}

const failureSchema = z.enum(OUTCOMES).exclude(['ok']);
const latencySchema = z.object({ p50: z.number(), p99: z.number(), max: z.number() });
const reportSchema = z.object({
  at: z.number(),
  cpuMs: z.number(),
  streams: z.array(
    z.object({
      stream: z.enum(STREAM_KINDS),
      address: z.string(),
      port: z.int(),
      intervalMs: z.number(),
      startedAt: z.number(),
      sent: z.int(),
      pendingSince: z.number().optional(),
      ok: z.int(),
      gaps: z.array(
        z.object({
          from: z.number(),
          to: z.number().optional(),
          count: z.int(),
          outcome: failureSchema,
          after: z.number().optional(),
          until: z.number(),
        }),
      ),
      moreGaps: z.int(),
      breaks: z.array(z.object({ at: z.number(), outcome: failureSchema })),
      established: z.int().optional(),
      sourcePort: z.int().optional(),
      latency: latencySchema.optional(),
      longestPauseMs: z.number(),
      recent: z.object({ sent: z.int(), ok: z.int(), latency: latencySchema.optional() }),
      failure: z.string().optional(),
    }),
  ),
});

/** What the agent reports, its times on our own clock. */
export type StreamsResult = z.output<typeof reportSchema>;
export type StreamResult = StreamsResult['streams'][number];

export interface BeginOptions {
  /** Names them among those of the same agent. */
  run: string;
  streams: readonly StreamSpec[];
  /** The agent's clock less ours. */
  offsetMs: number;
  signal?: AbortSignal | undefined;
}

/** @throws HarnessError `DUALVIP_PROBE_LOST`, `DUALVIP_PROBE_FAILED`; the signal's reason when aborted */
export async function beginStreams(
  link: Pick<AgentLink, 'send'>,
  { run, streams, offsetMs, signal }: BeginOptions,
): Promise<StartedStreams> {
  await link.send({ kind: 'streams', run, streams }, { signal });
  const collect = async (end: boolean, stop?: AbortSignal) => {
    const answer = await link.send({ kind: 'collect', run, end }, { signal: stop });
    return believed(onOurClock(reportSchema.parse(answer), offsetMs));
  };
  return { collect: (stop) => collect(false, stop), end: (stop) => collect(true, stop) };
}

function onOurClock(result: StreamsResult, offsetMs: number): StreamsResult {
  const ours = (time: number) => time - offsetMs;
  return {
    ...result,
    at: ours(result.at),
    streams: result.streams.map((stream) => ({
      ...stream,
      startedAt: ours(stream.startedAt),
      ...(stream.pendingSince === undefined ? {} : { pendingSince: ours(stream.pendingSince) }),
      breaks: stream.breaks.map((one) => ({ ...one, at: ours(one.at) })),
      gaps: stream.gaps.map((gap) => ({
        ...gap,
        from: ours(gap.from),
        until: ours(gap.until),
        ...(gap.to === undefined ? {} : { to: ours(gap.to) }),
        ...(gap.after === undefined ? {} : { after: ours(gap.after) }),
      })),
    })),
  };
}

/** What the probe could not do must not be taken for an outage. */
function believed(result: StreamsResult): StreamsResult {
  const failed = result.streams.find(({ failure }) => failure !== undefined);
  if (!failed) return result;
  throw new HarnessError(
    'DUALVIP_PROBE_FAILED',
    `the probe could not keep its ${failed.stream} stream to ${failed.address} going: ${failed.failure}`,
    {
      hint: 'This says nothing about the network. A longer interval takes fewer file descriptors and ports.',
    },
  );
}
