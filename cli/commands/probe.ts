import { hostPort } from '../../base/addresses.ts';
import { sleep } from '../../base/converge.ts';
import { EXIT } from '../../base/errors.ts';
import { openCluster, type Cluster } from '../../clusters/cluster.ts';
import { LABEL } from '../../clusters/docker.ts';
import { announcerOf } from '../../harness/probe/announcer.ts';
import type { StartedProbe } from '../../harness/probe/probe.ts';
import { startProbe } from '../../harness/probe/start.ts';
import type { ProbeResult } from '../../harness/probe/result.ts';
import { chosenCluster } from '../chosen-cluster.ts';
import type { CommandContext } from '../context.ts';
import { presentEngine } from '../prepare.ts';
import { readTarget, vipsOf, type Target } from '../probe-target.ts';
import { watchAddresses } from '../probe-watch.ts';

export interface ProbeFlags {
  name?: string;
  port?: number;
  protocol: 'http' | 'tcp' | 'udp';
  namespace: string;
  watch: boolean;
  interval?: number;
  maxOutage: number;
  json: boolean;
}

/** Between two lines where there is no terminal to draw on. */
const LINE_MS = 1000;

interface Endpoint {
  address: string;
  port: number;
}

/**
 * Probes addresses, or every address of a Service, from the cluster's bridge. Exit code 1 when one does not
 * answer, and when a Service has none.
 * @throws UsageError for what is no address and no Service of type LoadBalancer
 */
export async function probe(
  words: readonly string[],
  flags: ProbeFlags,
  context: CommandContext,
): Promise<number> {
  const { signal, progress } = context;
  const targets = words.map(readTarget);
  const { docker, engine } = await presentEngine(signal);
  if (engine.environment['DOCKER_HOST']) process.env['DOCKER_HOST'] = engine.environment['DOCKER_HOST'];
  await using cluster = await openCluster(docker, await chosenCluster(flags.name, progress), signal);
  const resolved = await Promise.all(
    targets.map((target) => endpointsOf(target, flags, { cluster, context })),
  );
  const endpoints = resolved.flatMap((one) => one.endpoints);
  if (endpoints.length === 0) return EXIT.verdict;
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
  const exitCode = await work(endpoints, flags, { started, cluster, context });
  return resolved.every(({ complete }) => complete) ? exitCode : EXIT.verdict;
}

/** Not complete where a Service lacks an address of a family that it asks for, which is told. */
async function endpointsOf(
  target: Target,
  { port, namespace, json }: ProbeFlags,
  { cluster, context: { signal, print, progress } }: Pick<Probing, 'cluster' | 'context'>,
): Promise<{ endpoints: Endpoint[]; complete: boolean }> {
  if ('address' in target) {
    return { endpoints: [{ address: target.address, port: port ?? 80 }], complete: true };
  }
  const service = await vipsOf(cluster.client, { name: target.service, namespace, signal });
  const { name, addresses, missing } = service;
  if (missing.length > 0) {
    const at = new Date().toISOString();
    const state = addresses.length === 0 ? 'is Pending: it has' : 'has';
    if (json) print(JSON.stringify({ at, service: name, outcome: 'no-address', families: missing }));
    else print(`${at.slice(11, 23)}  Service ${name} ${state} no ${missing.join(' and no ')} address`);
    const flags = `-n ${namespace} --name ${cluster.state.name}`;
    progress.note(`dualvip diagnose ${target.service} ${flags} tells why`);
  }
  const endpoints = addresses.map((address) => ({ address, port: port ?? service.port ?? 80 }));
  return { endpoints, complete: missing.length === 0 };
}

interface Probing {
  started: StartedProbe;
  cluster: Cluster;
  context: CommandContext;
}

async function once(
  targets: readonly Endpoint[],
  flags: ProbeFlags,
  { started, cluster, context }: Probing,
): Promise<number> {
  const results = await Promise.all(
    targets.map((target) => started.probe({ ...target, protocol: flags.protocol, signal: context.signal })),
  );
  for (const result of results) context.print(line(result, cluster, flags));
  return results.every(({ outcome }) => outcome === 'ok') ? EXIT.ok : EXIT.verdict;
}

/** Until Ctrl-C, every address at once, so that an outage of one family stands out (C18). */
function watch(
  targets: readonly Endpoint[],
  flags: ProbeFlags,
  { started, cluster, context }: Probing,
): Promise<number> {
  const { signal, print } = context;
  const follow = async (target: Endpoint) => {
    while (!signal.aborted) {
      const result = await started.probe({ ...target, protocol: flags.protocol, signal });
      print(line(result, cluster, flags));
      await sleep(flags.interval ?? LINE_MS, signal);
    }
  };
  const lines = async () => void (await Promise.all(targets.map(follow)));
  return watchAddresses(started, targets, { ...flags, signal, print, lines });
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
