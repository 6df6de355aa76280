import { familyOf, parseAddress, FAMILIES, type Family } from '../../base/addresses.ts';
import type { AnswerObservation, Observation, ProbeObservation } from '../../reports/record/record.ts';
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
  session: Session;
  signal: AbortSignal;
}

/** Explains the state of a Service from what the API knows, and what the probe has met at its addresses. */
export async function runDiagnoseStep({
  step,
  service,
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
    gatherFacts({ client: cluster.client, implementation, namespace, name: service, signal }),
    session.probe.routes(signal),
  ]);
  const probes = addresses.flatMap((address) => lastProbe(address, session) ?? []);
  const paths = FAMILIES.flatMap((family) => pathTo(family, addresses, routes) ?? []);
  log.add({ kind: 'diagnosis', step, service, findings: diagnose({ ...facts, probes, paths }) });
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

/** What the last attempt at an address met. */
function lastProbe(address: string, { log }: Session): ProbeFacts | undefined {
  const last = log
    .all()
    .findLast((one): one is ProbeObservation => one.kind === 'probe' && one.address === address);
  if (!last || last.outcome === 'no-address') return undefined;
  const { family, outcome, detail } = last;
  return { family, address, outcome, detail };
}

/** The way that the probe's most specific route takes to the addresses of a family. */
function pathTo(
  family: Family,
  addresses: readonly string[],
  routes: readonly Route[],
): PathFacts | undefined {
  const address = addresses.find((one) => familyOf(one) === family);
  if (address === undefined) return undefined;
  const [route] = routes
    .filter((one) => one.family === family && one.type === 'unicast')
    .flatMap((one) => {
      const length = prefixLength(address, one);
      return length === undefined ? [] : [{ ...one, length }];
    })
    .toSorted((a, b) => b.length - a.length);
  if (!route) return { family, route: false };
  return { family, route: true, ...(route.gateway === undefined ? {} : { gateway: route.gateway }) };
}

/** How many bits of an address a route is about; undefined where it is about others. */
function prefixLength(address: string, { destination }: Route): number | undefined {
  if (destination === 'default') return 0;
  const parsed = parseAddress(address);
  const bits = parsed.toByteArray().length * 8;
  const [network = '', length = String(bits)] = destination.split('/');
  return parsed.match(parseAddress(network), Number(length)) ? Number(length) : undefined;
}
