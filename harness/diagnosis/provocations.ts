import type { Cause, Diagnosis } from '../../reports/record/diagnosis.ts';
import type { Facts, Rejection } from './facts.ts';
import {
  advertisementOf,
  announcingOf,
  dualPool,
  endpointsOn,
  factsOf,
  factsWith,
  implementationOf,
  poolOf,
  requestFor,
  separate,
  serviceOf,
  V4,
  withAnnouncing,
} from './fake-facts.ts';

/** For unit tests: facts that have one cause, and facts beside them that do not. */
export interface Provocation {
  facts: Facts | Rejection;
  diagnosis: Pick<Diagnosis, 'family' | 'text' | 'fix'>;
  nearMiss: Facts | Rejection;
  /** What is found instead; mostly nothing. */
  instead?: Cause[];
}

const rejected = (rejection: string): Rejection => ({ namespace: 'shop', name: 'web', rejection });
const held = { addresses: ['192.0.2.1'] };
const pending = { addresses: [] };
const holder = serviceOf({ name: 'holder' });
const failed = { family: 'IPv6', address: '2001:db8::1', outcome: 'timeout', detail: '' } as const;
const sharing = (share: string, port: number) =>
  serviceOf({
    name: 'holder',
    ports: [{ protocol: 'TCP', port }],
    request: { addresses: [], places: [], share },
  });

export const PROVOCATIONS: Record<Cause, Provocation> = {
  'not-a-load-balancer': {
    facts: factsOf({ ...pending, type: 'NodePort' }),
    diagnosis: {
      text: 'Service shop/web is of type NodePort, so no LoadBalancer gives it an address.',
      fix: 'Set spec.type to LoadBalancer.',
    },
    nearMiss: factsOf(),
  },
  'rejected-by-api': {
    facts: rejected('Service "web" is invalid: spec.ipFamilies[1]: Duplicate value: "IPv4"'),
    diagnosis: {
      text: 'The API refuses Service shop/web, because of spec.ipFamilies[1].',
      fix: 'Correct spec.ipFamilies[1] as the API says, and apply it again.',
    },
    nearMiss: rejected('spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'),
    instead: ['single-stack-cluster'],
  },
  'class-not-handled': {
    facts: factsOf({ ...pending, class: 'example.com/lb' }),
    diagnosis: {
      text: 'metallb does not look at Service shop/web: it serves Services without a class, and the Service names example.com/lb.',
      fix: 'Create the Service anew with no loadBalancerClass: the field cannot be changed, except together with the type.',
    },
    nearMiss: factsOf({ class: 'example.com/lb' }),
  },
  'single-stack-cluster': {
    facts: factsOf(
      { ...held, ipFamilies: ['IPv4'] },
      { cluster: { serviceCIDRs: ['10.96.0.0/16'], podCIDRs: [] }, implementation: implementationOf() },
    ),
    diagnosis: {
      family: 'IPv6',
      text: 'Service shop/web gets no IPv6 address, because the cluster has no IPv6 network for Services and pods.',
      fix: 'Use a dual-stack cluster: one with a service CIDR and pod CIDRs of IPv6 as well.',
    },
    nearMiss: factsOf(
      { ...held, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
      { cluster: { serviceCIDRs: ['10.96.0.0/16'], podCIDRs: ['10.244.0.0/24'] } },
    ),
  },
  'policy-single-stack': {
    facts: factsOf(
      { ...held, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
      { wanted: ['IPv4', 'IPv6'] },
    ),
    diagnosis: {
      family: 'IPv6',
      text: 'Service shop/web asks for IPv4 only (ipFamilyPolicy SingleStack), so it gets no IPv6 address.',
      fix: 'Set ipFamilyPolicy to PreferDualStack and ipFamilies to [IPv4, IPv6].',
    },
    nearMiss: factsOf({ ...held, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] }),
  },
  'requested-address-invalid': {
    facts: factsOf({ ...pending, request: requestFor('192.0.2.1', '2001:db8::1::') }),
    diagnosis: {
      text: 'Service shop/web asks for "2001:db8::1::", which is no IPv4 or IPv6 address.',
      fix: 'Write addresses, separated by commas.',
    },
    // The same address, in another text.
    nearMiss: factsOf({ request: requestFor('192.0.2.1', '2001:DB8:0::1') }),
  },
  'requested-address-wrong-family': {
    facts: factsOf({ ...pending, request: requestFor('192.0.2.2') }),
    diagnosis: {
      family: 'IPv6',
      text: 'Service shop/web has IPv4 and IPv6 (PreferDualStack) and asks for 192.0.2.2: no IPv6 address among them.',
      fix: "Ask for one IPv4 and one IPv6 address, or change the Service's ipFamilies.",
    },
    nearMiss: factsOf({
      ...held,
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
      request: requestFor('192.0.2.1'),
    }),
  },
  'requested-pool-unknown': {
    facts: factsOf({ ...pending, request: { addresses: [], places: [], pool: 'duel' } }),
    diagnosis: {
      text: 'Service shop/web asks for pool duel, and there is none of that name.',
      fix: 'Create pool duel, or ask for one that there is.',
    },
    nearMiss: factsOf({ request: { addresses: [], places: [], pool: 'dual' } }),
  },
  'requested-address-outside-pools': {
    facts: factsOf({ ...pending, request: requestFor('192.0.2.5', '2001:db8::4') }),
    diagnosis: {
      family: 'IPv4',
      text: 'Service shop/web asks for 192.0.2.5, which no pool has.',
      fix: 'Ask for addresses of a pool, or add 192.0.2.5 to its ranges.',
    },
    // The last of each range.
    nearMiss: factsOf({
      addresses: ['192.0.2.4', '2001:db8::4'],
      request: requestFor('192.0.2.4', '2001:db8::4'),
    }),
  },
  'requested-address-taken': {
    facts: factsOf({ ...pending, request: requestFor('192.0.2.1', '2001:db8::2') }, { others: [holder] }),
    diagnosis: {
      family: 'IPv4',
      text: 'Service shop/web asks for 192.0.2.1, which shop/holder has.',
      fix: 'Ask for addresses that are free, or let shop/holder ask for others.',
    },
    nearMiss: factsOf(
      { addresses: ['192.0.2.2', '2001:db8::2'], request: requestFor('192.0.2.2', '2001:db8::2') },
      { others: [holder] },
    ),
  },
  'shared-address-conflict': {
    facts: factsOf(
      { ...pending, request: { ...requestFor('192.0.2.1', '2001:db8::1'), share: 'k' } },
      { others: [sharing('k', 80)] },
    ),
    diagnosis: {
      text: 'Service shop/web cannot share 192.0.2.1 and 2001:db8::1 with shop/holder: both use port TCP/80.',
      fix: 'Give one of them another port than TCP/80.',
    },
    nearMiss: factsOf(
      { request: { ...requestFor('192.0.2.1', '2001:db8::1'), share: 'k' } },
      { others: [sharing('k', 81)] },
    ),
  },
  'pool-missing': {
    facts: factsWith(held, { pools: [poolOf('ipv4-pool', [V4])] }),
    diagnosis: {
      family: 'IPv6',
      text: 'Service shop/web gets no IPv6 address, because no pool has an IPv6 range.',
      fix: 'Add an IPv6 range to pool ipv4-pool.',
    },
    nearMiss: factsWith(
      { ...held, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
      { pools: [poolOf('ipv4-pool', [V4])] },
    ),
  },
  'pool-namespace-mismatch': {
    facts: factsWith(pending, { pools: [{ ...dualPool, namespaces: ['office'] }] }),
    diagnosis: {
      text: 'Service shop/web gets no address, because pool dual serves only namespace office.',
      fix: 'Add namespace shop to the namespaces that pool dual serves.',
    },
    nearMiss: factsWith({}, { pools: [{ ...dualPool, namespaces: ['office', 'shop'] }] }),
  },
  'pool-selector-mismatch': {
    facts: factsWith(pending, {
      pools: [{ ...dualPool, serviceSelectors: [{ matchLabels: { tier: 'a' } }] }],
    }),
    diagnosis: {
      text: 'Service shop/web gets no address, because pool dual serves only Services with tier=a, and this one has no labels.',
      fix: 'Label the Service with tier=a, or change the Service selector of pool dual.',
    },
    nearMiss: factsWith(
      { labels: { tier: 'a' } },
      { pools: [{ ...dualPool, serviceSelectors: [{ matchLabels: { tier: 'a' } }] }] },
    ),
  },
  'pool-not-auto-assigned': {
    facts: factsWith(pending, { pools: [{ ...dualPool, autoAssign: false }] }),
    diagnosis: {
      text: 'Service shop/web gets no address, because pool dual serves only Services that ask for it (autoAssign is false).',
      fix: 'Ask for it with the annotation metallb.io/address-pool: dual, or set its autoAssign to true.',
    },
    // It asks for it, so that something else must be the matter.
    nearMiss: factsWith(
      { ...pending, request: { addresses: [], places: [], pool: 'dual' } },
      { pools: [{ ...dualPool, autoAssign: false }] },
    ),
    instead: ['unexplained'],
  },
  'separate-pools': {
    facts: factsWith(held, { pools: separate }),
    diagnosis: {
      family: 'IPv6',
      text: 'metallb takes all addresses of a Service from one pool, and pool ipv4-pool, of which Service shop/web has 192.0.2.1, has no IPv6 range: that is in ipv6-pool.',
      fix: 'Give one pool ranges of both families: move 2001:db8::1-2001:db8::4 from pool ipv6-pool to pool ipv4-pool.',
    },
    nearMiss: factsWith(
      {},
      {
        pools: separate,
        rules: { onePoolPerService: false, requestNamesEveryFamily: false, requestInOnePlace: false },
      },
    ),
  },
  'pool-exhausted': {
    facts: factsOf(held, {
      others: [serviceOf({ name: 'holder', addresses: ['192.0.2.2', '2001:db8::1'] })],
      implementation: implementationOf({ pools: [poolOf('dual', [V4, '2001:db8::1-2001:db8::1'])] }),
    }),
    diagnosis: {
      family: 'IPv6',
      text: 'Service shop/web gets no IPv6 address, because none is free in pool dual.',
      fix: 'Add IPv6 addresses to pool dual, or delete a Service that holds one.',
    },
    // One is left: the implementation has not come to it, or something else is the matter.
    nearMiss: factsOf(held, {
      others: [serviceOf({ name: 'holder', addresses: ['192.0.2.2', '2001:db8::1'] })],
      implementation: implementationOf({ pools: [poolOf('dual', [V4, '2001:db8::1-2001:db8::2'])] }),
    }),
    instead: ['unexplained'],
  },
  'address-outside-pools': {
    facts: factsOf({ addresses: ['192.0.2.9', '2001:db8::1'] }),
    diagnosis: {
      family: 'IPv4',
      text: 'Service shop/web has 192.0.2.9, of no pool of metallb, so nobody announces it.',
      fix: 'Add 192.0.2.9 to the ranges of a pool, or create the Service anew.',
    },
    nearMiss: factsOf({ addresses: ['192.0.2.4', '2001:db8::1'] }),
  },
  'controller-not-ready': {
    facts: factsWith(pending, {
      controller: { ready: false, detail: '0 of 1 replicas are ready', log: 'kubectl logs x' },
    }),
    diagnosis: {
      text: 'Service shop/web gets no address while the controller of metallb is not ready.',
      fix: 'Get a replica of the controller ready; its log: kubectl logs x',
    },
    nearMiss: factsWith(
      {},
      { controller: { ready: false, detail: '0 of 1 replicas are ready', log: 'kubectl logs x' } },
    ),
  },
  'no-advertisement': {
    facts: withAnnouncing({ advertisements: [advertisementOf({ pools: ['other'] })] }),
    diagnosis: {
      text: 'Nobody announces 192.0.2.1 and 2001:db8::1 of Service shop/web, because no advertisement names pool dual.',
      fix: 'Create an advertisement (such as L2Advertisement) for pool dual.',
    },
    nearMiss: withAnnouncing({ advertisements: [advertisementOf({ pools: ['other'] }), advertisementOf()] }),
  },
  'advertisement-excludes-nodes': {
    facts: withAnnouncing({ advertisements: [advertisementOf({ nodes: [] })] }),
    diagnosis: {
      text: 'No node announces 192.0.2.1 and 2001:db8::1 of Service shop/web, because L2Advertisement l2 selects no node.',
      fix: 'Change the nodeSelectors of L2Advertisement l2 so that they match a node.',
    },
    nearMiss: withAnnouncing({ advertisements: [advertisementOf({ nodes: ['worker'] })] }),
  },
  'excluded-nodes': {
    facts: withAnnouncing({ advertisements: [advertisementOf({ nodes: ['control-plane'] })] }),
    diagnosis: {
      text: 'No node announces 192.0.2.1 and 2001:db8::1 of Service shop/web, because every node that may is excluded.',
      fix: 'Remove the label: kubectl label node control-plane node.kubernetes.io/exclude-from-external-load-balancers-',
    },
    nearMiss: withAnnouncing({
      advertisements: [advertisementOf({ nodes: ['control-plane'] })],
      heedsExcludeLabel: false,
    }),
  },
  'no-ready-announcer': {
    facts: withAnnouncing({
      announcers: [
        { node: 'control-plane', ready: true },
        { node: 'worker', ready: false },
      ],
    }),
    diagnosis: {
      text: 'No node announces 192.0.2.1 and 2001:db8::1 of Service shop/web, because no ready announcer is on worker.',
      fix: 'Get the announcing pod of metallb ready on one of these nodes.',
    },
    nearMiss: withAnnouncing({ announcers: [{ node: 'worker', ready: true }] }),
  },
  'local-policy-without-endpoint': {
    facts: factsOf({ externalTrafficPolicy: 'Local' }, { endpoints: endpointsOn('control-plane') }),
    diagnosis: {
      text: 'No node announces 192.0.2.1 and 2001:db8::1 of Service shop/web, because externalTrafficPolicy is Local and no ready endpoint is on a node that may announce.',
      fix: 'Run a pod of the Service on worker, or set externalTrafficPolicy to Cluster.',
    },
    nearMiss: factsOf(
      { externalTrafficPolicy: 'Local' },
      { endpoints: [...endpointsOn('control-plane'), ...endpointsOn('worker')] },
    ),
  },
  'no-endpoints': {
    facts: factsOf({}, { endpoints: endpointsOn('worker').slice(0, 1) }),
    diagnosis: {
      family: 'IPv6',
      text: 'Service shop/web has no IPv6 endpoint, because no pod with app=web has an IPv6 address.',
      fix: 'Correct spec.selector, or run pods with app=web and addresses of IPv6.',
    },
    nearMiss: factsOf(
      { ...held, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
      { endpoints: endpointsOn('worker').slice(0, 1) },
    ),
  },
  'backend-not-ready': {
    facts: factsOf({}, { endpoints: endpointsOn('worker', false) }),
    diagnosis: {
      text: 'Service shop/web has endpoints, and none is ready.',
      fix: 'Get its pods ready: kubectl --namespace shop describe pods --selector app=web',
    },
    nearMiss: factsOf({}, { endpoints: [...endpointsOn('control-plane', false), ...endpointsOn('worker')] }),
  },
  'route-missing': {
    facts: factsOf({}, { probes: [failed], paths: [{ family: 'IPv6', route: false }] }),
    diagnosis: {
      family: 'IPv6',
      text: 'The client has no IPv6 route to 2001:db8::1 of Service shop/web.',
      fix: "Route the IPv6 range of the pool from the client's network to the nodes, and IPv6 back.",
    },
    nearMiss: factsOf(
      {},
      { probes: [{ ...failed, outcome: 'ok' }], paths: [{ family: 'IPv6', route: false }] },
    ),
  },
  'neighbour-silent': {
    facts: factsOf({}, { probes: [failed], paths: [{ family: 'IPv6', route: true, neighbour: false }] }),
    diagnosis: {
      family: 'IPv6',
      text: "Nobody answers NDP for 2001:db8::1 of Service shop/web on the client's link, although a node is to announce it.",
      fix: "Look at the announcing pods' logs, and at what filters ICMPv6 and its multicast between the client and the nodes.",
    },
    nearMiss: factsOf({}, { probes: [failed], paths: [{ family: 'IPv6', route: true, neighbour: true }] }),
    instead: ['unexplained'],
  },
  unexplained: {
    facts: factsOf(pending),
    diagnosis: {
      text: 'Service shop/web lacks an address of IPv4 and IPv6, and nothing that is known here explains it.',
      fix: 'Wait a moment, since metallb may not have come to it; then read the log of its controller: kubectl logs controller',
    },
    nearMiss: factsOf({}, { implementation: { ...implementationOf(), announcing: announcingOf() } }),
  },
};
