import { once } from 'node:events';

import { familyOf } from '../base/addresses.ts';
import { colorsFor } from '../base/colors.ts';
import { sleep } from '../base/converge.ts';
import { EXIT } from '../base/errors.ts';
import type { StartedProbe } from '../harness/probe/probe.ts';
import type { StartedStreams, StreamsResult } from '../harness/probe/streams.ts';
import { longestOutageMs, watchFrame, watchSummary } from './watch-frame.ts';

export interface WatchOptions {
  protocol: 'http' | 'tcp' | 'udp';
  /** Between two attempts; undefined for what suits a terminal. */
  interval?: number | undefined;
  /** Outages that are no longer, in milliseconds, are put up with. */
  maxOutage: number;
  json: boolean;
  signal: AbortSignal;
  print: (text: string) => void;
}

/** A cell of the strip, and how often the screen is drawn. */
const DRAW_MS = 250;
const HISTORY_KEPT = 1000;
const INTERVAL_MS = 10;

/**
 * New attempts at every address until Ctrl-C, made and counted by the agent. A terminal shows them live; elsewhere
 * `lines` tells of single attempts. Then a summary, and exit code 1 where an outage was too long.
 */
export async function watchAddresses(
  started: StartedProbe,
  targets: readonly { address: string; port: number }[],
  options: WatchOptions & { lines: () => Promise<void> },
): Promise<number> {
  const { protocol, interval = INTERVAL_MS, maxOutage, json, signal, print } = options;
  const specs = targets.map((target) => ({
    ...target,
    stream: protocol === 'udp' ? ('udp' as const) : ('new' as const),
    protocol: protocol === 'tcp' ? ('tcp' as const) : ('http' as const),
    intervalMs: interval,
  }));
  const streams = await started.streams(specs, signal);
  const isLive = !json && process.stdout.isTTY;
  try {
    await (isLive ? draw(streams, signal) : options.lines());
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!signal.aborted) await once(signal, 'abort');
  const { at, streams: results } = await streams.end();
  for (const stream of results) {
    const { address, port, sent, ok, latency } = stream;
    const longest = Math.round(longestOutageMs(stream, at));
    if (json) print(JSON.stringify({ address, port, sent, ok, latency, longestOutageMs: longest }));
    else print(watchSummary(familyOf(address), stream, at));
  }
  const isShort = results.every((stream) => stream.ok > 0 && longestOutageMs(stream, at) <= maxOutage);
  return isShort ? EXIT.ok : EXIT.verdict;
}

/** Redraws the same lines until the signal. */
async function draw(streams: StartedStreams, signal: AbortSignal): Promise<void> {
  const histories: StreamsResult['streams'][number]['recent'][][] = [];
  const colors = colorsFor('stdout');
  let drawn = 0;
  while (!signal.aborted) {
    const { at, streams: results } = await streams.collect(signal);
    const watched = results.map((stream, index) => {
      const history = (histories[index] ??= []);
      history.push(stream.recent);
      if (history.length > HISTORY_KEPT) history.shift();
      return { family: familyOf(stream.address), stream, history };
    });
    const lines = watchFrame(watched, { columns: process.stdout.columns, at, colors });
    // Up to the first line that was drawn, and each line cleared before it is written (ECMA-48: CUU, EL).
    const up = drawn > 0 ? `\u001B[${drawn}A` : '';
    process.stdout.write(`${up}${lines.map((line) => `\u001B[2K${line}\n`).join('')}`);
    drawn = lines.length;
    await sleep(DRAW_MS, signal);
  }
}
