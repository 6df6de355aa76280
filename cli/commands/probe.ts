import { canonical, hostPort, parseAddress } from '../../base/addresses.ts';
import { sleep } from '../../base/converge.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import { openCluster, type Cluster } from '../../clusters/cluster.ts';
import { LABEL } from '../../clusters/docker.ts';
import { readAs, serviceSchema } from '../../clusters/kubernetes/objects.ts';
import { announcerOf } from '../../harness/probe/announcer.ts';
import { startProbe, type StartedProbe } from '../../harness/probe/probe.ts';
import type { ProbeResult } from '../../harness/probe/result.ts';
import type { CommandContext } from '../context.ts';
import { presentEngine } from '../prepare.ts';
import { DEFAULT_NAME } from './up.ts';

export interface ProbeFlags {
  name?: string;
  port?: number;
  protocol: 'http' | 'tcp' | 'udp';
  namespace: string;
  watch: boolean;
  interval: number;
  json: boolean;
}

interface Target {
  address: string;
  port: number;
}

/** Probes addresses, or every address of a Service, from the cluster's bridge. Exit code 1 when one does not answer. */
export async function probe(
  targets: readonly string[],
  flags: ProbeFlags,
  context: CommandContext,
): Promise<number> {
  const { signal, progress } = context;
  const { docker, engine } = await presentEngine(signal);
  if (engine.environment['DOCKER_HOST']) process.env['DOCKER_HOST'] = engine.environment['DOCKER_HOST'];
  await using cluster = await openCluster(docker, flags.name ?? DEFAULT_NAME, signal);
  const addresses = await resolveTargets(targets, flags, cluster, signal);
  const { name, network, images } = cluster.state;
  await using started = await progress.step('probe', () =>
    startProbe({
      image: images.probe,
      network: network.name,
      name: `${name}-probe-${process.pid}`,
      labels: { [LABEL.cluster]: name },
      families: ['IPv4', 'IPv6'],
      signal,
    }),
  );
  const work = flags.watch ? watch : once;
  // Awaited here: probe and cluster are disposed of when this scope ends.
  return await work(addresses, flags, { started, cluster, context });
}

interface Probing {
  started: StartedProbe;
  cluster: Cluster;
  context: CommandContext;
}

async function once(
  targets: readonly Target[],
  flags: ProbeFlags,
  { started, cluster, context }: Probing,
): Promise<number> {
  const results = await Promise.all(
    targets.map((target) => started.probe({ ...target, protocol: flags.protocol, signal: context.signal })),
  );
  for (const result of results) context.print(line(result, cluster, flags));
  return results.every(({ outcome }) => outcome === 'ok') ? EXIT.ok : EXIT.verdict;
}

/** Until Ctrl-C: a line for each attempt, so that an outage of one family stands out (C18). */
async function watch(
  targets: readonly Target[],
  flags: ProbeFlags,
  { started, cluster, context }: Probing,
): Promise<number> {
  const tally = new Map(targets.map(({ address }) => [address, { ok: 0, failed: 0 }]));
  const { signal, print } = context;
  const follow = async (target: Target) => {
    while (!signal.aborted) {
      const result = await started.probe({ ...target, protocol: flags.protocol, signal });
      const counts = tally.get(target.address);
      if (counts) counts[result.outcome === 'ok' ? 'ok' : 'failed'] += 1;
      print(line(result, cluster, flags));
      await sleep(flags.interval, signal);
    }
  };
  await Promise.all(targets.map(follow)).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  const counts = [...tally];
  if (!flags.json) {
    for (const [address, { ok, failed }] of counts) print(`${address}: ${ok} answered, ${failed} did not`);
  }
  return counts.every(([, { failed }]) => failed === 0) ? EXIT.ok : EXIT.verdict;
}

function line(result: ProbeResult, cluster: Cluster, flags: ProbeFlags): string {
  const announcer = announcerOf(result.neighbour?.mac, cluster.nodes);
  const at = new Date().toISOString();
  if (flags.json) return JSON.stringify({ at, ...result, announcer });
  const facts = [
    at.slice(11, 23),
    result.family,
    hostPort(result.address, result.port),
    result.outcome.padEnd(11),
    `${result.totalMs.toFixed(1)} ms`,
    result.detail,
    result.backend && `backend ${result.backend}`,
    result.source && `seen from ${result.source}`,
    announcer ? `announced by ${announcer}` : result.neighbour?.mac && `MAC ${result.neighbour.mac}`,
  ];
  return facts.filter(Boolean).join('  ');
}

async function resolveTargets(
  targets: readonly string[],
  { port, namespace }: ProbeFlags,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Target[]> {
  const resolved = await Promise.all(
    targets.map(async (text): Promise<Target[]> => {
      if (isAddress(text)) return [{ address: canonical(text), port: port ?? 80 }];
      const service = readAs(
        serviceSchema,
        await cluster.client.get({ apiVersion: 'v1', kind: 'Service', name: text, namespace }, { signal }),
      );
      const addresses = service.status.loadBalancer.ingress.flatMap(({ ip }) => (ip ? [ip] : []));
      if (addresses.length === 0) {
        throw new UsageError('DUALVIP_SERVICE_PENDING', `Service ${namespace}/${text} has no address`, {
          hint: `kubectl describe service --namespace ${namespace} ${text} shows why.`,
        });
      }
      return addresses.map((address) => ({
        address: canonical(address),
        port: port ?? service.spec.ports[0]?.port ?? 80,
      }));
    }),
  );
  return resolved.flat();
}

function isAddress(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}
