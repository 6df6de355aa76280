import { describe, expect, it } from 'vitest';

import { sameRanges } from './same-ranges.ts';

const ranges = {
  v4: '172.18.255.8-172.18.255.15',
  v6: 'fd00:1::8008-fd00:1::800f',
  bgp: '10.0.50.1-10.0.50.9',
};
const subnets = { IPv4: '172.18.0.0/16', IPv6: 'fd00:1::/64' };
const empty = { occupied: [], gateways: {} };

describe('sameRanges', () => {
  it('has the same addresses on the same subnets, and leaves alone what is not on the link', () => {
    expect(sameRanges({ ranges, subnets, network: { ...empty, subnets } })).toEqual({
      placed: { v4: ranges.v4, v6: ranges.v6 },
      differences: [],
    });
  });

  it('has those at the same distance on other subnets, and says so', () => {
    const network = { ...empty, subnets: { IPv4: '172.25.0.0/16', IPv6: 'fd77:2::/64' } };
    expect(sameRanges({ ranges, subnets, network })).toEqual({
      placed: { v4: '172.25.255.8-172.25.255.15', v6: 'fd77:2::8008-fd77:2::800f' },
      differences: [
        'range v4 was 172.18.255.8-172.18.255.15, and is 172.25.255.8-172.25.255.15 here',
        'range v6 was fd00:1::8008-fd00:1::800f, and is fd77:2::8008-fd77:2::800f here',
      ],
    });
  });

  it('places nothing on a subnet that is too small, or on an address that is taken', () => {
    const network = {
      subnets: { ...subnets, IPv4: '172.18.0.0/24' },
      occupied: ['fd00:1::800a'],
      gateways: {},
    };
    expect(sameRanges({ ranges, subnets, network })).toEqual({
      placed: {},
      differences: [
        'range v4 was 172.18.255.8-172.18.255.15, and is not free here',
        'range v6 was fd00:1::8008-fd00:1::800f, and is not free here',
      ],
    });
  });
});
