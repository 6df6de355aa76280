import { FAMILIES, type Family } from '../../base/addresses.ts';
import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { addressesOf, nameOf, type Facts, type ProbeFacts } from './facts.ts';
import { listing } from './listing.ts';

/** The kernel has no route (connect(2)); that no neighbour answers is EHOSTUNREACH instead. */
const NO_ROUTE = /ENETUNREACH/;

/** What a client met that reaches no address of a family: for families of which all else is in order. */
export function diagnosePath(facts: Facts): Diagnosis[] {
  return FAMILIES.flatMap((family) => {
    const failed = (facts.probes ?? []).filter((one) => one.family === family && one.outcome !== 'ok');
    const [probe] = failed;
    return probe && addressesOf(facts.service, family).length > 0
      ? [diagnoseProbe(facts, family, failed)]
      : [];
  });
}

function diagnoseProbe(facts: Facts, family: Family, failed: readonly ProbeFacts[]): Diagnosis {
  const { service } = facts;
  const path = facts.paths?.find((one) => one.family === family);
  const what = `${listing(failed.map(({ address }) => address))} of Service ${nameOf(service)}`;
  const answered = (facts.probes ?? []).filter(({ outcome }) => outcome === 'ok');
  const evidence = [
    ...failed.map(({ address, outcome, detail }) => `${address}: ${outcome}${detail ? ` (${detail})` : ''}`),
    ...answered.map(({ address }) => `${address} answers`),
  ];
  if (path?.route === false || failed.some(({ detail }) => NO_ROUTE.test(detail))) {
    return {
      cause: 'route-missing',
      family,
      text: `The client has no ${family} route to ${what}.`,
      fix: `Route the ${family} range of the pool from the client's network to the nodes, and ${family} back.`,
      evidence: [...evidence, `no ${family} route to it at the client`],
    };
  }
  if (path?.gateway !== undefined && failed.every(({ outcome }) => outcome === 'timeout')) {
    return {
      cause: 'route-missing',
      family,
      text: `What the client sends to ${what} ends behind its router ${path.gateway}.`,
      fix: `Have the routers between the client and the nodes forward ${family}, and know the way to the pool's ${family} range and back.`,
      evidence: [...evidence, `the client's ${family} route to it leads through ${path.gateway}`],
    };
  }
  if (path?.neighbour === false) {
    const protocol = family === 'IPv4' ? 'ARP' : 'NDP';
    return {
      cause: 'neighbour-silent',
      family,
      text: `Nobody answers ${protocol} for ${what} on the client's link, although a node is to announce it.`,
      fix: `Look at the announcing pods' logs, and at what filters ${family === 'IPv4' ? 'ARP' : 'ICMPv6 and its multicast'} between the client and the nodes.`,
      evidence: [...evidence, `no MAC found for it by ${protocol}`],
    };
  }
  return {
    cause: 'unexplained',
    family,
    text: `The client does not reach ${what}, and nothing that is known here explains it.`,
    fix: `Capture packets to ${failed[0]?.address ?? 'it'} at the client and at the announcing node: where they end is the fault.`,
    evidence,
  };
}
