import { FAMILIES, type Family } from '../base/addresses.ts';
import { sleep } from '../base/converge.ts';
import { HarnessError } from '../base/errors.ts';
import { monotonicMs } from '../base/clock.ts';
import { quantile, round } from '../base/statistics.ts';
import type { CommandContext } from '../cli/context.ts';
import { makeImages } from '../cli/prepare.ts';
import { LABEL } from '../clusters/docker.ts';
import { createNetwork } from '../clusters/network.ts';
import { removeCluster } from '../clusters/cluster-removal.ts';
import { startProbe } from '../harness/probe/start.ts';
import type { StartedProbe } from '../harness/probe/probe.ts';
import type { StreamResult } from '../harness/probe/streams.ts';
import { errorsOf, schedule, wallClockOffset, type Cut, type LengthError } from './known-outage.ts';
import { startTarget, TARGET_PORT, type Target } from './outage-target.ts';

const NAME = 'dualvip-bench-outage';
const INTERVALS_MS = [1, 10];
const STREAMS = ['new', 'udp'] as const;
type Kind = (typeof STREAMS)[number];
const TITLES: Record<Kind, string> = { new: 'a connection', udp: 'a datagram' };

/** Before the first outage: for the rules to be in place, and for what is compiled on first use. */
const LEAD_MS = 10_000;

interface Bench {
  probe: StartedProbe;
  target: Target;
  context: CommandContext;
}

/**
 * Outages of known length against what the streams make of them. `error_p99_ms`: how far the measured length is
 * off, over both families, for each kind of stream and each interval; `within_bar`: the share of those that are off by no more than the error
 * bar says, which grows where the agent was held up; `core_share`: of one core, for each thousand attempts a second.
 * It needs no cluster: probe and target are two containers on a bridge of their own.
 */
export async function benchOutage(
  { repeat }: { repeat: number },
  context: CommandContext,
): Promise<Record<string, unknown>> {
  const { progress, signal } = context;
  const wanted = { images: 'auto', implementation: 'metallb', yes: false } as const;
  const { docker, engine, images } = await makeImages(wanted, context);
  if (engine.environment['DOCKER_HOST']) process.env['DOCKER_HOST'] = engine.environment['DOCKER_HOST'];
  const image = images.probe;
  try {
    await createNetwork(docker, NAME, signal);
    const labels = { [LABEL.cluster]: NAME };
    await using probe = await startProbe({
      ...{ image, network: NAME, name: `${NAME}-probe`, labels, families: FAMILIES, signal },
    });
    const target = await startTarget({
      docker,
      image,
      network: NAME,
      name: `${NAME}-target`,
      labels,
      signal,
    });
    const results = [];
    for (const stream of STREAMS) {
      for (const intervalMs of INTERVALS_MS) {
        const title = `${repeat} outages of each family, ${TITLES[stream]} every ${intervalMs} ms`;
        const measurement = { stream, intervalMs, repeat };
        results.push(await progress.step(title, () => measure({ probe, target, context }, measurement)));
      }
    }
    return { bench: 'outage', repeats: repeat, results };
  } finally {
    await removeCluster(docker, NAME);
  }
}

async function measure(
  { probe, target, context: { signal } }: Bench,
  { stream, intervalMs, repeat }: { stream: Kind; intervalMs: number; repeat: number },
): Promise<Record<string, unknown>> {
  const specs = FAMILIES.map((family) => ({
    ...({ stream, protocol: 'tcp', port: TARGET_PORT, intervalMs } as const),
    address: target.addresses[family],
  }));
  const cuts = new Map(FAMILIES.map((family) => [family, schedule(repeat, monotonicMs() + LEAD_MS)]));
  await target.cut(cuts, wallClockOffset());
  const begin = monotonicMs();
  const streams = await probe.streams(specs, signal);
  const end = Math.max(...[...cuts.values()].flat().map((cut) => cut.to));
  await sleep(end + 1500 - monotonicMs(), signal);
  const { streams: results, cpuMs, at } = await streams.end(signal);
  const errors = FAMILIES.flatMap((family, index) =>
    errorsOfFamily(family, cuts.get(family), results[index]),
  );
  const off = errors.map(({ ms }) => Math.abs(ms));
  const sent = results.reduce((total, one) => total + one.sent, 0);
  const rate = sent / ((at - begin) / 1000);
  return {
    stream,
    interval_ms: intervalMs,
    error_p50_ms: round(quantile(off, 0.5), 3),
    error_p99_ms: round(quantile(off, 0.99), 3),
    error_max_ms: round(quantile(off, 1), 3),
    within_bar: round(errors.filter(({ ms, barMs }) => Math.abs(ms) <= barMs).length / errors.length, 3),
    outages: errors.length,
    probes_per_second: Math.round(rate),
    core_share: round(cpuMs / (at - begin), 3),
    core_share_per_1000: round((cpuMs / (at - begin) / rate) * 1000, 3),
    longest_pause_ms: round(Math.max(...results.map((one) => one.longestPauseMs)), 1),
  };
}

/** @throws HarnessError `DUALVIP_BENCH_INCOMPLETE` where none of a family was seen: then there was none */
function errorsOfFamily(
  family: Family,
  cuts: readonly Cut[] = [],
  stream: StreamResult | undefined,
): LengthError[] {
  if (stream && stream.gaps.length > 0) return errorsOf(cuts, stream.gaps);
  throw new HarnessError('DUALVIP_BENCH_INCOMPLETE', `no outage of ${family} was seen`, {
    hint: 'The rules of the target need nftables with `meta time`: Linux 5.4 or later.',
  });
}
