import { describe, expect, it } from 'vitest';

import { diagnose } from './diagnose.ts';
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

const pending = { addresses: [] };
const request = requestFor('192.0.2.1', '2001:db8::1');
const holder = serviceOf({ name: 'holder' });
const named = (pool: string) => ({ addresses: [], places: [], pool });
const rejection = (text: string): Rejection => ({ namespace: 'shop', name: 'web', rejection: text });

const sharedWith = (share: string | undefined, other: Partial<typeof holder>) =>
  factsOf(
    { ...pending, request: { ...request, ...(share === undefined ? {} : { share }) } },
    { others: [serviceOf({ name: 'holder', ports: [{ protocol: 'UDP', port: 80 }], ...other })] },
  );
const key = (share: string) => ({ request: { addresses: [], places: [], share } });

const cases: [string, Facts | Rejection, string][] = [
  [
    'RequireDualStack refused by a single-stack cluster',
    rejection(
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ),
    'single-stack-cluster: The API refuses Service shop/web, because the cluster lacks a family that it requires.',
  ],
  [
    'a refusal that names no field',
    rejection('admission webhook "x" denied the request: no'),
    'rejected-by-api: The API refuses Service shop/web.',
  ],
  [
    'an address of a family that the cluster lacks',
    factsOf(
      { ipFamilies: ['IPv4'] },
      { cluster: { serviceCIDRs: ['10.96.0.0/16'], podCIDRs: ['10.244.0.0/24'] } },
    ),
    'single-stack-cluster IPv6: Service shop/web has 2001:db8::1, which nothing forwards, because the cluster has no IPv6 service network.',
  ],
  [
    'a Service that was made before its cluster became dual-stack',
    factsOf({ addresses: ['192.0.2.1'], ipFamilies: ['IPv4'] }),
    'policy-single-stack IPv6: Service shop/web asks for IPv4 only (ipFamilyPolicy PreferDualStack), so it gets no IPv6 address.',
  ],
  [
    'no class where one is served',
    factsWith(pending, { classes: ['example.com/lb'] }),
    'class-not-handled: metallb does not look at Service shop/web: it serves class example.com/lb, and the Service names none.',
  ],
  [
    'a request in two places',
    factsOf({ ...pending, request: { ...request, places: [...request.places, 'spec.loadBalancerIP'] } }),
    'requested-address-invalid: Service shop/web asks for addresses in two places: annotation metallb.io/loadBalancerIPs and spec.loadBalancerIP.',
  ],
  [
    'two requested addresses of one family',
    factsOf({ ...pending, request: requestFor('192.0.2.1', '192.0.2.2') }),
    'requested-address-wrong-family IPv4: Service shop/web has IPv4 and IPv6 (PreferDualStack) and asks for 192.0.2.1 and 192.0.2.2: 2 IPv4 addresses are too many.',
  ],
  [
    'a requested address of a family that the Service has not',
    factsOf({
      ...pending,
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: ['IPv4'],
      request: requestFor('2001:db8::1'),
    }),
    'requested-address-wrong-family IPv6: Service shop/web has IPv4 (SingleStack) and asks for 2001:db8::1: IPv6 is not one of its families.',
  ],
  [
    'requested addresses outside of the pool that is named, too',
    factsWith(
      { ...pending, request: { ...request, pool: 'other' } },
      { pools: [dualPool, poolOf('other', ['198.51.100.1-198.51.100.1'])] },
    ),
    'requested-address-outside-pools: Service shop/web asks for 192.0.2.1 and 2001:db8::1, which pool other, which it names too, does not have.',
  ],
  [
    'requested addresses of a pool for other namespaces',
    factsWith(
      { ...pending, request },
      { pools: [{ ...dualPool, autoAssign: false, namespaces: ['office'] }] },
    ),
    'pool-namespace-mismatch: Service shop/web asks for 192.0.2.1 and 2001:db8::1 of pool dual, which serves only namespace office.',
  ],
  [
    'requested addresses of two pools',
    factsWith({ ...pending, request }, { pools: separate }),
    'separate-pools: metallb takes all addresses of a Service from one pool, and 192.0.2.1 is in pool ipv4-pool and 2001:db8::1 is in pool ipv6-pool.',
  ],
  [
    'a holder that does not share',
    sharedWith('k', {}),
    'shared-address-conflict: Service shop/web cannot share 192.0.2.1 and 2001:db8::1 with shop/holder: shop/holder has no sharing key.',
  ],
  [
    'another sharing key',
    sharedWith('k', key('z')),
    'shared-address-conflict: Service shop/web cannot share 192.0.2.1 and 2001:db8::1 with shop/holder: the sharing keys differ, "k" here and "z" at shop/holder.',
  ],
  [
    'a shared address with policy Local',
    sharedWith('k', { ...key('k'), externalTrafficPolicy: 'Local' }),
    'shared-address-conflict: Service shop/web cannot share 192.0.2.1 and 2001:db8::1 with shop/holder: their backends differ, policy Cluster here and policy Local with app=web at shop/holder.',
  ],
  [
    'an address that two Services have',
    factsOf({}, { others: [serviceOf({ name: 'holder', addresses: ['192.0.2.1'] })] }),
    'shared-address-conflict IPv4: Services shop/web and shop/holder both have 192.0.2.1 and may not share: shop/holder has no sharing key.',
  ],
  [
    'both addresses of two Services',
    factsOf({}, { others: [holder] }),
    'shared-address-conflict: Services shop/web and shop/holder both have 192.0.2.1 and 2001:db8::1 and may not share: shop/holder has no sharing key.',
  ],
  [
    'a named pool of one family',
    factsWith({ addresses: ['192.0.2.1'], request: named('ipv4-pool') }, { pools: separate }),
    'pool-missing IPv6: Service shop/web gets no IPv6 address, because pool ipv4-pool, which it asks for, does not have an IPv6 range.',
  ],
  [
    'a dual pool that is no use to an address of another pool',
    factsWith(
      { addresses: ['198.51.100.1'] },
      {
        pools: [dualPool, poolOf('old', ['198.51.100.1-198.51.100.2'])],
        announcing: announcingOf({ advertisements: [advertisementOf({ pools: ['old'] })] }),
      },
    ),
    'separate-pools IPv6: metallb takes all addresses of a Service from one pool, and pool old, of which Service shop/web has 198.51.100.1, has no IPv6 range: that is in dual.',
  ],
  [
    'separate pools and no address',
    factsWith(pending, { pools: separate }),
    'separate-pools: metallb takes all addresses of a Service from one pool, and none that Service shop/web may use has both families: IPv4 in ipv4-pool and IPv6 in ipv6-pool.',
  ],
  [
    'a family free in each of two pools, both in none',
    factsWith(
      { ...pending, ipFamilyPolicy: 'RequireDualStack' },
      {
        pools: [
          { ...dualPool, available: { IPv4: 0, IPv6: 4 } },
          poolOf('two', ['198.51.100.1-198.51.100.1', '2001:db8:2::1-2001:db8:2::1'], {
            available: { IPv4: 1, IPv6: 0 },
          }),
        ],
      },
    ),
    'pool-exhausted: Service shop/web gets no addresses, because no pool has a free one of each family.',
  ],
  [
    'a full pool, for a Service of one family',
    factsOf(
      { ...pending, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] },
      {
        others: [holder],
        implementation: implementationOf({
          pools: [poolOf('p', ['192.0.2.1-192.0.2.1'])],
          announcing: announcingOf({ advertisements: [] }),
        }),
      },
    ),
    'pool-exhausted IPv4: Service shop/web gets no IPv4 address, because none is free in pool p.',
  ],
  [
    'an advertisement for other Services',
    withAnnouncing({
      advertisements: [advertisementOf({ serviceSelectors: [{ matchLabels: { tier: 'a' } }] })],
    }),
    'no-advertisement: Nobody announces 192.0.2.1 and 2001:db8::1 of Service shop/web, because no advertisement of pool dual selects this Service.',
  ],
  [
    'an advertisement of one of two pools',
    factsWith(
      {},
      {
        pools: separate,
        rules: { onePoolPerService: false, requestNamesEveryFamily: false, requestInOnePlace: false },
        announcing: announcingOf({ advertisements: [advertisementOf({ pools: ['ipv4-pool'] })] }),
      },
    ),
    'no-advertisement IPv6: Nobody announces 2001:db8::1 of Service shop/web, because no advertisement names pool ipv6-pool.',
  ],
  [
    'nodes without a network',
    factsOf({}, { nodes: [{ name: 'worker', excluded: false, networkUnavailable: true }] }),
    'excluded-nodes: No node announces 192.0.2.1 and 2001:db8::1 of Service shop/web, because every node that may is excluded.',
  ],
  [
    'a Service without a selector',
    factsOf({ selector: {} }, { endpoints: [] }),
    'no-endpoints: Service shop/web has no endpoint, because it has no selector and nobody made it an EndpointSlice.',
  ],
  [
    'policy Local without any ready endpoint',
    factsOf({ externalTrafficPolicy: 'Local' }, { endpoints: endpointsOn('control-plane', false) }),
    'backend-not-ready: Service shop/web has endpoints, and none is ready.',
  ],
  [
    'a connection that the kernel has no route for',
    factsOf(
      {},
      { probes: [{ family: 'IPv4', address: '192.0.2.1', outcome: 'unreachable', detail: 'ENETUNREACH' }] },
    ),
    'route-missing IPv4: The client has no IPv4 route to 192.0.2.1 of Service shop/web.',
  ],
  [
    'a refusal that nothing explains',
    factsOf(
      {},
      { probes: [{ family: 'IPv6', address: '2001:db8::1', outcome: 'refused', detail: 'ECONNREFUSED' }] },
    ),
    'unexplained IPv6: The client does not reach 2001:db8::1 of Service shop/web, and nothing that is known here explains it.',
  ],
];

describe('diagnose', () => {
  it.each(cases)('tells %s', (_title, facts, expected) => {
    const told = diagnose(facts).map(
      ({ cause, family, text }) => `${cause}${family ? ` ${family}` : ''}: ${text}`,
    );
    expect(told).toEqual([expected]);
  });

  it('says nothing of reachability where the implementation allocates only', () => {
    const { announcing: _announcing, ...allocator } = implementationOf();
    expect(diagnose(factsOf({}, { implementation: allocator }))).toEqual([]);
  });

  it('lets an implementation that takes pools as they come serve both families from two', () => {
    const rules = { onePoolPerService: false, requestNamesEveryFamily: false, requestInOnePlace: false };
    const pools = [poolOf('ipv4-pool', [V4])];
    expect(diagnose(factsWith({ addresses: ['192.0.2.1'] }, { pools, rules }))[0]?.fix).toBe(
      'Create a pool with an IPv6 range.',
    );
  });

  it('sends a Service that keeps its address to the pool of both families', () => {
    const pools = [dualPool, poolOf('old', ['198.51.100.1-198.51.100.2'])];
    expect(diagnose(factsWith({ addresses: ['198.51.100.1'] }, { pools }))[0]?.fix).toBe(
      'Ask for pool dual with the annotation metallb.io/address-pool: dual, by which the address changes, too.',
    );
  });

  it("tells the implementation's own words as evidence", () => {
    const told = { said: 'refused', text: 'AllocationFailed: no available IPs' } as const;
    expect(diagnose(factsOf(pending, { told }))).toEqual([
      {
        cause: 'unexplained',
        text: 'Service shop/web lacks an address of IPv4 and IPv6, and nothing that is known here explains it.',
        fix: 'Read what metallb says, and the log of its controller: kubectl logs controller',
        evidence: ['metallb says: AllocationFailed: no available IPs'],
      },
    ]);
  });
});
