import { familyOf, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import { podSchema, readAs } from '../../clusters/kubernetes/objects.ts';
import { probeFromInside, type Inside } from '../probe/inside-client.ts';
import type { Probe } from '../scenario/expectation.ts';
import { endpointsOf } from './endpoints.ts';
import type { ProbeSource } from './probe-step.ts';
import type { Session } from './session.ts';

export interface InsideSourceOptions {
  step: string;
  probe: Pick<Probe, 'service'>;
  /** `node`: one that has no backend of the Service; a pod by the value of its label `app`. */
  from: 'node' | { app: string };
  session: Session;
  signal: AbortSignal;
}

/**
 * Connects from within the cluster.
 * @throws HarnessError `DUALVIP_PROBE_NO_SOURCE` where there is no such node or pod
 */
export async function insideSource(options: InsideSourceOptions): Promise<ProbeSource> {
  const { from, session } = options;
  const found = from === 'node' ? await nodeWithoutBackend(options) : await podOf(from.app, options);
  return {
    // Times are the harness's own.
    clock: { offsetMs: 0 },
    addresses: found.addresses,
    probe: (target) => probeFromInside(session.cluster.docker, found.inside, target),
  };
}

interface Found {
  inside: Inside;
  addresses: Partial<Record<Family, string>>;
}

async function nodeWithoutBackend(options: InsideSourceOptions): Promise<Found> {
  const { step, probe, session, signal } = options;
  const { pods } = await endpointsOf({ step, service: probe.service, session, signal });
  const busy = new Set(pods.values());
  const node = session.cluster.nodes.find(({ name }) => !busy.has(name));
  if (node) return { inside: { node: node.name }, addresses: node.addresses };
  throw noSource(`every node has a backend of ${probe.service}`);
}

async function podOf(app: string, { session, signal }: InsideSourceOptions): Promise<Found> {
  const { cluster, namespace } = session;
  const pods = { apiVersion: 'v1', kind: 'Pod' };
  const { items } = await cluster.client.list(pods, { namespace, labelSelector: `app=${app}`, signal });
  for (const item of items) {
    const { spec, status } = readAs(podSchema, item);
    const ips = status.podIPs.map(({ ip }) => ip);
    const [pod] = ips;
    if (status.phase !== 'Running' || spec.nodeName === undefined || pod === undefined) continue;
    const addresses = Object.fromEntries(ips.map((ip) => [familyOf(ip), ip]));
    return { inside: { node: spec.nodeName, pod }, addresses };
  }
  throw noSource(`no pod with the label app=${app} runs`);
}

function noSource(problem: string): HarnessError {
  return new HarnessError('DUALVIP_PROBE_NO_SOURCE', `there is nothing to connect from: ${problem}`, {
    hint: 'A step `place` or `scale` before it makes room, or brings the pod.',
  });
}
