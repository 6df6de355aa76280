import type {
  AdvertisementFacts,
  AnnouncingFacts,
  ImplementationFacts,
  PoolFacts,
} from '../../clusters/implementations/facts.ts';
import type { EndpointFacts, Facts, ServiceFacts } from './facts.ts';

/** For unit tests: a dual-stack Service that has what it asks for. */
export const serviceOf = (overrides: Partial<ServiceFacts> = {}): ServiceFacts => ({
  namespace: 'shop',
  name: 'web',
  labels: {},
  type: 'LoadBalancer',
  class: null,
  ipFamilyPolicy: 'PreferDualStack',
  ipFamilies: ['IPv4', 'IPv6'],
  addresses: ['192.0.2.1', '2001:db8::1'],
  externalTrafficPolicy: 'Cluster',
  selector: { app: 'web' },
  ports: [{ protocol: 'TCP', port: 80 }],
  request: { addresses: [], places: [] },
  ...overrides,
});

export const requestFor = (...addresses: string[]): ServiceFacts['request'] => ({
  addresses,
  places: ['annotation metallb.io/loadBalancerIPs'],
});

export const poolOf = (name: string, ranges: string[], overrides: Partial<PoolFacts> = {}): PoolFacts => ({
  name,
  ranges,
  autoAssign: true,
  avoidBuggyIPs: false,
  serviceSelectors: [],
  ...overrides,
});

export const V4 = '192.0.2.1-192.0.2.4';
export const V6 = '2001:db8::1-2001:db8::4';
export const dualPool = poolOf('dual', [V4, V6]);
export const separate = [poolOf('ipv4-pool', [V4]), poolOf('ipv6-pool', [V6])];

export const advertisementOf = (overrides: Partial<AdvertisementFacts> = {}): AdvertisementFacts => ({
  kind: 'L2Advertisement',
  name: 'l2',
  everyPool: false,
  pools: ['dual', 'ipv4-pool', 'ipv6-pool'],
  nodes: ['control-plane', 'worker'],
  serviceSelectors: [],
  ...overrides,
});

export const announcingOf = (overrides: Partial<AnnouncingFacts> = {}): AnnouncingFacts => ({
  advertisements: [advertisementOf()],
  announcers: [
    { node: 'control-plane', ready: true },
    { node: 'worker', ready: true },
  ],
  heedsExcludeLabel: true,
  ...overrides,
});

export const implementationOf = (overrides: Partial<ImplementationFacts> = {}): ImplementationFacts => ({
  name: 'metallb',
  classes: [null],
  annotations: {
    addresses: ['metallb.io/loadBalancerIPs'],
    pool: ['metallb.io/address-pool'],
    share: ['metallb.io/allow-shared-ip'],
  },
  rules: { onePoolPerService: true, requestNamesEveryFamily: true, requestInOnePlace: true },
  pools: [dualPool],
  controller: { ready: true, detail: '1 of 1 replicas are ready', log: 'kubectl logs controller' },
  announcing: announcingOf(),
  ...overrides,
});

export const endpointsOn = (node: string, ready = true): EndpointFacts[] => [
  { family: 'IPv4', node, ready },
  { family: 'IPv6', node, ready },
];

/** A healthy Service and its surroundings, but for what is said. */
export const factsOf = (
  service: Partial<ServiceFacts> = {},
  overrides: Partial<Omit<Facts, 'service'>> = {},
): Facts => ({
  service: serviceOf(service),
  others: [],
  cluster: { serviceCIDRs: ['10.96.0.0/16', 'fd00:96::/112'], podCIDRs: ['10.244.0.0/24', 'fd00:244::/64'] },
  nodes: [
    { name: 'control-plane', excluded: true, networkUnavailable: false },
    { name: 'worker', excluded: false, networkUnavailable: false },
  ],
  endpoints: endpointsOn('worker'),
  implementation: implementationOf(),
  ...overrides,
});

/** The same with other facts about the implementation. */
export const factsWith = (
  service: Partial<ServiceFacts>,
  implementation: Partial<ImplementationFacts>,
): Facts => factsOf(service, { implementation: implementationOf(implementation) });

export const withAnnouncing = (announcing: Partial<AnnouncingFacts>): Facts =>
  factsOf({}, { implementation: implementationOf({ announcing: announcingOf(announcing) }) });
