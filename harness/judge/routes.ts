import { familyOf, type Family } from '../../base/addresses.ts';
import type {
  Check,
  EndpointsObservation,
  Observation,
  RoutesObservation,
  ServiceObservation,
} from '../../reports/record/record.ts';
import type { Routes, Via } from '../scenario/step.ts';

export interface RoutesContext {
  step: string;
  observations: readonly Observation[];
  /** The moment that is judged: the step's end. */
  at: number;
}

/** What a step expects of each family's routes, compared with the router's table as it was at the step's end. */
export function checkRoutes(routes: Routes, { step, observations, at }: RoutesContext): Check[] {
  const { families, addresses } = lastAddresses(routes.service, observations, at);
  const table =
    observations.findLast((one): one is RoutesObservation => one.kind === 'routes' && one.at <= at)?.routes ??
    [];
  const endpoints = observations.findLast(
    (one): one is EndpointsObservation => one.kind === 'endpoints' && one.step === step && one.at <= at,
  );
  return expectedVias(routes, families).map(([family, via]) => {
    const wanted = nodesOf(via, endpoints);
    const own = addresses.filter((address) => familyOf(address) === family);
    const found = own.map((address) => {
      const prefix = `${address}/${family === 'IPv4' ? 32 : 128}`;
      const hops = table.find((one) => one.prefix === prefix)?.nextHops ?? [];
      return { prefix, nodes: hops.map(({ address: hop, node }) => node ?? hop).sort() };
    });
    const ok = found.length > 0 && found.every(({ nodes }) => nodes.join() === wanted.join());
    const proven = via === 'none' || wanted.length > 0;
    return {
      step,
      subject: family,
      ok: ok && proven,
      expected: describe(via, wanted),
      observed:
        found
          .map(({ prefix, nodes }) =>
            nodes.length === 0 ? `no route to ${prefix}` : `${prefix} via ${nodes.join(', ')}`,
          )
          .join('; ') || `the Service never had an ${family} address`,
    };
  });
}

function describe(via: Via, wanted: readonly string[]): string {
  if (via === 'none') return 'no route';
  const which = via === 'workers' ? 'every worker' : 'every node with a backend';
  return `a route via ${which} and no other node: ${wanted.join(', ') || 'there is none'}`;
}

function nodesOf(via: Via, endpoints: EndpointsObservation | undefined): readonly string[] {
  if (via === 'none' || !endpoints) return [];
  return (via === 'workers' ? endpoints.workers : endpoints.backends).toSorted();
}

function expectedVias({ via }: Routes, families: readonly Family[]): [Family, Via][] {
  if (typeof via === 'string') return families.map((family) => [family, via]);
  const named: [Family, Via | undefined][] = [
    ['IPv4', via.IPv4],
    ['IPv6', via.IPv6],
  ];
  return named.flatMap(([family, one]) => (one === undefined ? [] : [[family, one] as [Family, Via]]));
}

/** Those that the Service has, or had last: a deletion takes the Service's routes, which is what is looked at. */
function lastAddresses(
  service: string,
  observations: readonly Observation[],
  at: number,
): Pick<ServiceObservation, 'addresses'> & { families: readonly Family[] } {
  const states = observations.filter(
    (one): one is ServiceObservation => one.kind === 'service' && one.service === service && one.at <= at,
  );
  const last = states.findLast(({ addresses }) => addresses.length > 0);
  return { addresses: last?.addresses ?? [], families: states.at(-1)?.ipFamilies ?? ['IPv4', 'IPv6'] };
}
