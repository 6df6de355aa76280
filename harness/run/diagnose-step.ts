import { familyOf, parseAddress, FAMILIES, type Family } from '../../base/addresses.ts';
import type {
  AnswerObservation,
  Observation,
  ProbeObservation,
  RespondersObservation,
} from '../../reports/record/record.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { PathFacts, ProbeFacts, Rejection } from '../diagnosis/facts.ts';
import { gatherFacts } from '../diagnosis/gather.ts';
import { serviceStateAt } from '../judge/state.ts';
import type { Route } from '../probe/routes.ts';
import type { Session } from './session.ts';

export interface DiagnoseStepOptions {
  step: string;
  /** The Service's name. */
  service: string;
  /** The families that it is to have, where its policy does not decide. */
  wanted?: readonly Family[] | undefined;
  session: Session;
  signal: AbortSignal;
}

/** Explains the state of a Service from what the API knows, and what the probe has met at its addresses. */
export async function runDiagnoseStep({
  step,
  service,
  wanted,
  session,
  signal,
}: DiagnoseStepOptions): Promise<void> {
  const { cluster, implementation, namespace, log } = session;
  const rejection = rejectionOf({ namespace, name: service }, log.all());
  if (rejection) {
    log.add({ kind: 'diagnosis', step, service, findings: diagnose(rejection) });
    return;
  }
  const addresses = serviceStateAt(log.all(), service, Infinity).service?.addresses ?? [];
  const [facts, routes] = await Promise.all([
    gatherFacts({ client: cluster.client, implementation, namespace, name: service, wanted, signal }),
    // Without a probe, nothing is known of a client's way.
    session.unreached === undefined ? session.probe.routes(signal) : undefined,
  ]);
  const seen = { addresses, observations: log.all() };
  const probes = addresses.flatMap((address) => lastProbe(address, log.all()) ?? []);
  const paths = routes && FAMILIES.flatMap((family) => pathTo(family, routes, seen) ?? []);
  log.add({
    kind: 'diagnosis',
    step,
    service,
    findings: diagnose({ ...facts, probes, ...(paths ? { paths } : {}) }),
  });
}

/** The API's last refusal of a Service that there is not; its message names the object that it refuses. */
export function rejectionOf(
  { namespace, name }: Pick<Rejection, 'namespace' | 'name'>,
  observations: readonly Observation[],
): Rejection | undefined {
  if (serviceStateAt(observations, name, Infinity).service) return undefined;
  const refusal = observations.findLast(
    (one): one is AnswerObservation =>
      one.kind === 'answer' && !one.accepted && one.message.includes(`"${name}"`),
  );
  return refusal && { namespace, name, rejection: refusal.message };
}

/** What the last attempt at an address met, of those that were made outside of the cluster. */
export function lastProbe(address: string, observations: readonly Observation[]): ProbeFacts | undefined {
  const last = observations.findLast(
    (one): one is ProbeObservation =>
      one.kind === 'probe' && one.address === address && one.from !== 'cluster',
  );
  if (!last || last.outcome === 'no-address') return undefined;
  const { family, outcome, detail } = last;
  return { family, address, outcome, detail };
}

interface Seen {
  addresses: readonly string[];
  observations: readonly Observation[];
}

/** The way that the probe's most specific route takes to the addresses of a family, and who answers at its end. */
export function pathTo(
  family: Family,
  routes: readonly Route[],
  { addresses, observations }: Seen,
): PathFacts | undefined {
  const own = addresses.filter((address) => familyOf(address) === family);
  const [address] = own;
  if (address === undefined) return undefined;
  const [route] = routes
    .filter((one) => one.family === family && one.type === 'unicast')
    .flatMap((one) => {
      const length = prefixLength(address, one);
      return length === undefined ? [] : [{ ...one, length }];
    })
    .toSorted((a, b) => b.length - a.length);
  if (!route) return { family, route: false };
  if (route.gateway !== undefined) return { family, route: true, gateway: route.gateway };
  const known = own.flatMap((one) => hasNeighbour(one, observations) ?? []);
  return { family, route: true, ...(known.length === 0 ? {} : { neighbour: known.every(Boolean) }) };
}

/**
 * Whether a MAC address was found for an address when that was looked at last: after an attempt, in the client's
 * neighbour table, or by asking all. Undefined where it never was.
 */
function hasNeighbour(address: string, observations: readonly Observation[]): boolean | undefined {
  const last = observations.findLast(
    (one): one is ProbeObservation | RespondersObservation =>
      (one.kind === 'probe' && one.address === address && one.from === undefined) ||
      (one.kind === 'responders' && one.address === address && one.asked === 'all'),
  );
  return last && (last.kind === 'probe' ? last.mac !== undefined : last.answers.length > 0);
}

/** How many bits of an address a route is about; undefined where it is about others. */
function prefixLength(address: string, { destination }: Route): number | undefined {
  if (destination === 'default') return 0;
  const parsed = parseAddress(address);
  const bits = parsed.toByteArray().length * 8;
  const [network = '', length = String(bits)] = destination.split('/');
  return parsed.match(parseAddress(network), Number(length)) ? Number(length) : undefined;
}
