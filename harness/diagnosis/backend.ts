import type { Family } from '../../base/addresses.ts';
import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { addressesOf, nameOf, type Facts } from './facts.ts';
import { labelText, listing } from './listing.ts';

/** Families whose VIP leads to no backend. One diagnosis where both families lack the same. */
export function diagnoseBackend(facts: Facts): Diagnosis[] {
  const { service, endpoints } = facts;
  const families = service.ipFamilies.filter((family) => addressesOf(service, family).length > 0);
  const of = (family: Family) => endpoints.filter((endpoint) => endpoint.family === family);
  const empty = families.filter((family) => of(family).length === 0);
  const unready = families.filter(
    (family) => of(family).length > 0 && of(family).every(({ ready }) => !ready),
  );
  return [
    ...(empty.length > 0 ? [noEndpoints(facts, empty, families)] : []),
    ...(unready.length > 0 ? [notReady(facts, unready, families)] : []),
  ];
}

function about(some: readonly Family[], all: readonly Family[]): { family?: Family } {
  const [family] = some;
  return family && some.length < all.length ? { family } : {};
}

function noEndpoints({ service }: Facts, families: readonly Family[], all: readonly Family[]): Diagnosis {
  const { family } = about(families, all);
  const selector = labelText(service.selector);
  const hasSelector = Object.keys(service.selector).length > 0;
  const pods = family
    ? `no pod with ${selector} has an ${family} address`
    : `no pod with ${selector} has an address`;
  return {
    cause: 'no-endpoints',
    ...(family ? { family } : {}),
    text: `Service ${nameOf(service)} has no ${family ? `${family} ` : ''}endpoint, because ${hasSelector ? pods : 'it has no selector and nobody made it an EndpointSlice'}.`,
    fix: hasSelector
      ? `Correct spec.selector, or run pods with ${selector}${family ? ` and addresses of ${family}` : ''}.`
      : 'Set spec.selector.',
    evidence: [
      `spec.selector is ${selector}`,
      ...families.map((one) => `no ${one} EndpointSlice has an endpoint`),
    ],
  };
}

function notReady(facts: Facts, families: readonly Family[], all: readonly Family[]): Diagnosis {
  const { service, endpoints } = facts;
  const { family } = about(families, all);
  return {
    cause: 'backend-not-ready',
    ...(family ? { family } : {}),
    text: `Service ${nameOf(service)} has endpoints, and none ${family ? `of ${family} ` : ''}is ready.`,
    fix: `Get its pods ready: kubectl --namespace ${service.namespace} describe pods --selector ${labelText(service.selector)}`,
    evidence: families.map((one) => {
      const some = endpoints.filter((endpoint) => endpoint.family === one);
      const nodes = [...new Set(some.flatMap(({ node }) => node ?? []))];
      return `${one}: 0 of ${some.length} endpoints are ready${nodes.length > 0 ? ` (on ${listing(nodes)})` : ''}`;
    }),
  };
}
