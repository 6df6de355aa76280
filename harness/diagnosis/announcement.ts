import type { AdvertisementFacts, AnnouncingFacts, PoolFacts } from '../../clusters/implementations/facts.ts';
import { describeSelector, selects } from '../../clusters/kubernetes/label-selector.ts';
import type { Family } from '../../base/addresses.ts';
import { familyOf } from '../../base/addresses.ts';
import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { nameOf, type Facts, type NodeFacts } from './facts.ts';
import { listing } from './listing.ts';
import { contains } from './pool.ts';

/** The addresses of a Service that are of one pool: they are announced, or not, together. */
interface Share {
  pool: PoolFacts;
  addresses: string[];
  /** Undefined where it is all families that the Service has addresses of. */
  family: Family | undefined;
}

/** Why nobody announces an address that is assigned: the first thing that is wrong on the way, for each pool. */
export function diagnoseAnnouncement(facts: Facts): Diagnosis[] {
  const { announcing } = facts.implementation;
  if (!announcing) return [];
  return sharesOf(facts).flatMap((share) => diagnoseShare(facts, announcing, share) ?? []);
}

function sharesOf({ service, implementation }: Facts): Share[] {
  return implementation.pools.flatMap((pool) => {
    const addresses = service.addresses.filter((address) => contains(pool, address));
    const [one] = addresses;
    if (one === undefined) return [];
    return [
      { pool, addresses, family: addresses.length < service.addresses.length ? familyOf(one) : undefined },
    ];
  });
}

function diagnoseShare(facts: Facts, announcing: AnnouncingFacts, share: Share): Diagnosis | undefined {
  const { service, nodes } = facts;
  const about = share.family === undefined ? {} : { family: share.family };
  const what = `${listing(share.addresses)} of Service ${nameOf(service)}`;
  const ofPool = announcing.advertisements.filter(({ pools }) => pools.includes(share.pool.name));
  const ours = ofPool.filter(
    ({ serviceSelectors }) =>
      serviceSelectors.length === 0 || serviceSelectors.some((one) => selects(one, service.labels)),
  );
  if (ours.length === 0) return { ...about, ...noAdvertisement(announcing, { share, ofPool, what }) };

  const titles = ours.map(titleOf);
  const selected = nodes.filter(({ name }) => ours.some((one) => one.nodes.includes(name)));
  const evidence = [`pool ${share.pool.name} is advertised by ${listing(titles)}`];
  if (selected.length === 0) {
    return {
      cause: 'advertisement-excludes-nodes',
      ...about,
      text: `No node announces ${what}, because ${listing(titles)} ${ours.length > 1 ? 'select' : 'selects'} no node.`,
      fix: `Change the nodeSelectors of ${titles[0] ?? 'the advertisement'} so that they match a node.`,
      evidence: [...evidence, `nodes: ${listing(nodes.map(({ name }) => name))}`],
    };
  }
  const selection = `selected nodes: ${listing(selected.map(({ name }) => name))}`;
  const barrierOf = (node: NodeFacts) => nodeBarrier(node, announcing);
  const open = selected.filter((node) => barrierOf(node) === undefined);
  if (open.length === 0) {
    return {
      cause: 'excluded-nodes',
      ...about,
      text: `No node announces ${what}, because every node that may is excluded.`,
      fix: openingFix(selected),
      evidence: [...evidence, ...selected.map((node) => `node ${node.name} ${barrierOf(node)}`)],
    };
  }
  const staffed = open.filter(({ name }) =>
    announcing.announcers.some(({ node, ready }) => ready && node === name),
  );
  if (staffed.length === 0) {
    return {
      cause: 'no-ready-announcer',
      ...about,
      text: `No node announces ${what}, because no ready announcer is on ${listing(open.map(({ name }) => name))}.`,
      fix: `Get the announcing pod of ${facts.implementation.name} ready on one of these nodes.`,
      evidence: [...evidence, selection, ...open.map(({ name }) => announcerState(announcing, name))],
    };
  }
  return diagnoseLocal(facts, {
    about,
    what,
    evidence: [...evidence, selection],
    staffed: staffed.map(({ name }) => name),
  });
}

interface NoAdvertisement {
  share: Share;
  ofPool: readonly AdvertisementFacts[];
  what: string;
}

function noAdvertisement(
  { advertisements }: AnnouncingFacts,
  { share: { pool }, ofPool, what }: NoAdvertisement,
): Diagnosis {
  const others = ofPool.map(
    (one) =>
      `${titleOf(one)} advertises only Services with ${one.serviceSelectors.map(describeSelector).join(' or ')}`,
  );
  const kind = advertisements[0]?.kind ?? 'L2Advertisement';
  return {
    cause: 'no-advertisement',
    text:
      others.length > 0
        ? `Nobody announces ${what}, because no advertisement of pool ${pool.name} selects this Service.`
        : `Nobody announces ${what}, because no advertisement names pool ${pool.name}.`,
    fix:
      others.length > 0
        ? `Label the Service as an advertisement of pool ${pool.name} wants it, or remove that one's serviceSelectors.`
        : `Create an advertisement (such as ${kind}) for pool ${pool.name}.`,
    evidence: [
      ...others,
      advertisements.length > 0
        ? `advertisements: ${listing(advertisements.map((one) => `${titleOf(one)} (${one.pools.join(', ') || 'no pool'})`))}`
        : 'there is no advertisement',
    ],
  };
}

function titleOf({ kind, name }: AdvertisementFacts): string {
  return `${kind} ${name}`;
}

const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

function nodeBarrier(node: NodeFacts, { heedsExcludeLabel }: AnnouncingFacts): string | undefined {
  if (heedsExcludeLabel && node.excluded) return `has the label ${EXCLUDE_LABEL}`;
  return node.networkUnavailable ? 'has the condition NetworkUnavailable' : undefined;
}

function openingFix(nodes: readonly NodeFacts[]): string {
  const labelled = nodes.find(({ excluded, networkUnavailable }) => excluded && !networkUnavailable);
  return labelled
    ? `Remove the label: kubectl label node ${labelled.name} ${EXCLUDE_LABEL}-`
    : `Mend the network plugin of ${listing(nodes.map(({ name }) => name))}, which keeps the condition NetworkUnavailable.`;
}

function announcerState({ announcers }: AnnouncingFacts, node: string): string {
  return announcers.some((one) => one.node === node)
    ? `the announcer on ${node} is not ready`
    : `there is no announcer on ${node}`;
}

interface Staffed {
  about: { family?: Family };
  what: string;
  evidence: string[];
  /** Nodes that could announce. */
  staffed: readonly string[];
}

/** With externalTrafficPolicy Local only nodes that have a ready endpoint announce. */
function diagnoseLocal(facts: Facts, { about, what, evidence, staffed }: Staffed): Diagnosis | undefined {
  const { service, endpoints } = facts;
  if (service.externalTrafficPolicy !== 'Local') return undefined;
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const homes = [...new Set(ready.flatMap(({ node }) => node ?? []))];
  // Without any ready endpoint the backend is at fault, not the policy.
  if (ready.length === 0 || homes.some((node) => staffed.includes(node))) return undefined;
  return {
    cause: 'local-policy-without-endpoint',
    ...about,
    text: `No node announces ${what}, because externalTrafficPolicy is Local and no ready endpoint is on a node that may announce.`,
    fix: `Run a pod of the Service on ${listing(staffed)}, or set externalTrafficPolicy to Cluster.`,
    evidence: [...evidence, `nodes with ready endpoints: ${listing(homes) || 'none'}`],
  };
}
