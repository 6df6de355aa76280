import { describe, expect, it } from 'vitest';

import { renderPools } from './pools.ts';

describe('renderPools', () => {
  it('writes pools and advertisements as the guide does', () => {
    const pools = [
      { name: 'ipv4-pool', ranges: ['172.18.255.240-172.18.255.247'] },
      {
        name: 'dual-pool',
        ranges: ['172.18.255.192-172.18.255.199', 'fd00::ff00-fd00::ff07'],
        autoAssign: false,
      },
    ];
    const advertisements = [{ name: 'l2', pools: ['ipv4-pool', 'dual-pool'] }];
    expect(renderPools(pools, advertisements)).toEqual([
      {
        apiVersion: 'metallb.io/v1beta1',
        kind: 'IPAddressPool',
        metadata: { name: 'ipv4-pool', namespace: 'metallb-system' },
        spec: { addresses: ['172.18.255.240-172.18.255.247'] },
      },
      {
        apiVersion: 'metallb.io/v1beta1',
        kind: 'IPAddressPool',
        metadata: { name: 'dual-pool', namespace: 'metallb-system' },
        spec: { addresses: ['172.18.255.192-172.18.255.199', 'fd00::ff00-fd00::ff07'], autoAssign: false },
      },
      {
        apiVersion: 'metallb.io/v1beta1',
        kind: 'L2Advertisement',
        metadata: { name: 'l2', namespace: 'metallb-system' },
        spec: { ipAddressPools: ['ipv4-pool', 'dual-pool'] },
      },
    ]);
  });

  it('writes an advertisement by BGP as one, and one by L2 as that', () => {
    const advertisements = [
      { name: 'bgp', pools: ['dual-pool'], by: 'bgp' },
      { name: 'l2', pools: ['dual-pool'], by: 'l2' },
    ] as const;
    expect(renderPools([], advertisements)).toEqual(
      ['BGPAdvertisement', 'L2Advertisement'].map((kind, index) => ({
        apiVersion: 'metallb.io/v1beta1',
        kind,
        metadata: { name: advertisements[index]?.name, namespace: 'metallb-system' },
        spec: { ipAddressPools: ['dual-pool'] },
      })),
    );
  });

  it('writes `autoAssign: true` where it is said, and no advertisement where there is none', () => {
    const [pool, ...rest] = renderPools(
      [{ name: 'a', ranges: ['192.0.2.1-192.0.2.1'], autoAssign: true }],
      [],
    );
    expect(pool).toMatchObject({ spec: { autoAssign: true } });
    expect(rest).toEqual([]);
  });
});
