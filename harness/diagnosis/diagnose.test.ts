import { array, assert, constantFrom, property, record, shuffledSubarray, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CAUSES, type Cause } from '../../reports/record/diagnosis.ts';
import { diagnose } from './diagnose.ts';
import type { Facts, Rejection } from './facts.ts';
import { dualPool, factsOf, factsWith, implementationOf, poolOf, separate, serviceOf } from './fake-facts.ts';
import { PROVOCATIONS } from './provocations.ts';

function causesOf(facts: Facts | Rejection): Cause[] {
  return diagnose(facts).map(({ cause }) => cause);
}

describe.each(CAUSES)('%s', (cause) => {
  const { facts, diagnosis, nearMiss, instead = [] } = PROVOCATIONS[cause];

  it('is named alone, with a fix and what proves it', () => {
    const [one, ...more] = diagnose(facts);
    const { evidence, ...rest } = one ?? { evidence: [] };
    expect(rest).toEqual({ cause, ...diagnosis });
    expect(evidence.join()).not.toBe('');
    expect(more).toEqual([]);
  });

  it('is not named for a near miss', () => {
    expect(causesOf(nearMiss)).toEqual(instead);
  });
});

describe('a healthy Service', () => {
  // Pools beside its own, that it may or may not use.
  const bystanders = [
    poolOf('a4', ['198.51.100.0-198.51.100.255'], { avoidBuggyIPs: true }),
    poolOf('a6', ['2001:db8:a::-2001:db8:a:ffff:ffff:ffff:ffff:ffff']),
    poolOf('b', ['203.0.113.1-203.0.113.1'], { autoAssign: false, available: { IPv4: 0 } }),
    poolOf('c', ['203.0.113.2-203.0.113.2'], { namespaces: [] }),
    poolOf('d', ['203.0.113.3-203.0.113.3'], { serviceSelectors: [{ matchLabels: { no: 'one' } }] }),
  ];
  const others = ['192.0.2.2', '203.0.113.1', '198.51.100.7', '2001:db8::2'].map((address) =>
    serviceOf({ name: `other-${address}`, addresses: [address] }),
  );

  it('has none, whatever the order of pools, nodes and Services', () => {
    assert(
      property(
        shuffledSubarray(bystanders),
        shuffledSubarray(others),
        shuffledSubarray(factsOf().nodes.slice(), { minLength: 2 }),
        record({
          ipFamilyPolicy: constantFrom('PreferDualStack', 'RequireDualStack'),
          externalTrafficPolicy: constantFrom('Cluster', 'Local'),
          ipFamilies: shuffledSubarray<'IPv4' | 'IPv6'>(['IPv4', 'IPv6'], { minLength: 2 }),
          addresses: shuffledSubarray(['192.0.2.1', '2001:db8::1'], { minLength: 2 }),
        }),
        constantFrom('first', 'last'),
        (beside, neighbours, nodes, service, place) => {
          const pools = place === 'first' ? [dualPool, ...beside] : [...beside, dualPool];
          const implementation = implementationOf({ pools });
          expect(diagnose(factsOf(service, { others: neighbours, nodes, implementation }))).toEqual([]);
        },
      ),
    );
  });

  it('has none of one family, either', () => {
    for (const [ipFamily, address] of [
      ['IPv4', '192.0.2.1'],
      ['IPv6', '2001:db8::1'],
    ] as const) {
      const facts = factsOf({ ipFamilyPolicy: 'SingleStack', ipFamilies: [ipFamily], addresses: [address] });
      expect(diagnose(facts)).toEqual([]);
    }
  });
});

it('names something for every Service that lacks an address, and the same whatever the order of its pools', () => {
  // They may not overlap.
  const shapes = [
    poolOf('dual', ['198.51.100.1-198.51.100.4', '2001:db8:a::1-2001:db8:a::4']),
    ...separate,
    poolOf('closed', ['203.0.113.1-203.0.113.4', '2001:db8:b::1-2001:db8:b::4'], { autoAssign: false }),
    poolOf('full', ['192.0.2.9-192.0.2.9'], { available: { IPv4: 0 } }),
  ];
  assert(
    property(
      uniqueArray(constantFrom(...shapes)),
      constantFrom('PreferDualStack', 'RequireDualStack'),
      array(constantFrom('192.0.2.1'), { maxLength: 1 }),
      (pools, ipFamilyPolicy, addresses) => {
        const service = { ipFamilyPolicy, addresses: ipFamilyPolicy === 'RequireDualStack' ? [] : addresses };
        const found = causesOf(factsWith(service, { pools }));
        expect(found.length).toBeGreaterThan(0);
        expect(new Set(causesOf(factsWith(service, { pools: pools.toReversed() })))).toEqual(new Set(found));
      },
    ),
  );
});

describe('several faults', () => {
  const controller = { ready: false, detail: '0 of 1 replicas are ready', log: '' };

  it('are not told where one explains it: a controller that is not ready would not cure the pools', () => {
    expect(causesOf(factsWith({ addresses: [] }, { pools: separate, controller }))).toEqual([
      'separate-pools',
    ]);
  });

  it('of both families, for the same reason, are one', () => {
    expect(diagnose(factsWith({ addresses: [] }, { pools: [] }))).toEqual([
      {
        cause: 'pool-missing',
        text: 'Service shop/web gets no address, because no pool has an IPv4 or IPv6 range.',
        fix: 'Create a pool with an IPv4 range and an IPv6 range.',
        evidence: ['there is no pool', 'metallb has said nothing of it'],
      },
    ]);
  });

  it('hide what a probe tells: a family that nobody announces is not reached for that reason', () => {
    const probes = [{ family: 'IPv6', address: '2001:db8::1', outcome: 'timeout', detail: '' } as const];
    const implementation = implementationOf({
      announcing: { advertisements: [], announcers: [], heedsExcludeLabel: true },
    });
    expect(causesOf(factsOf({}, { probes, implementation }))).toEqual(['no-advertisement']);
  });

  it('hide it of an address that the cluster has no network for, too', () => {
    const probes = [{ family: 'IPv6', address: '2001:db8::1', outcome: 'timeout', detail: '' } as const];
    const cluster = { serviceCIDRs: ['10.96.0.0/16'], podCIDRs: ['10.244.0.0/24'] };
    expect(causesOf(factsOf({ ipFamilies: ['IPv4'] }, { probes, cluster }))).toEqual([
      'single-stack-cluster',
    ]);
  });

  it('of a backend are told beside a family that is missing', () => {
    expect(
      causesOf(
        factsOf(
          { addresses: ['192.0.2.1'] },
          { endpoints: [], implementation: implementationOf({ pools: separate }) },
        ),
      ),
    ).toEqual(['separate-pools', 'no-endpoints']);
  });
});
