import { describe, expect, it } from 'vitest';

import { straysFrom } from './own-networks.ts';
import type { Route } from './routes.ts';

const OWN = {
  subnets: ['172.18.0.0/16', 'fd00:aaaa::/64'],
  members: ['172.18.0.9', 'fd00:aaaa::9'],
};

function route(destination: string, over: Partial<Route> = {}): Route {
  return {
    family: destination.includes(':') ? 'IPv6' : 'IPv4',
    type: 'unicast',
    destination,
    gateway: undefined,
    device: 'eth0',
    metric: undefined,
    table: undefined,
    ...over,
  };
}

describe('straysFrom', () => {
  it.each([
    ['the link of IPv4', route('172.18.0.0/16')],
    ['the link of IPv6', route('fd00:aaaa::/64')],
    ['a part of it by way of a router of the run', route('172.18.255.240/29', { gateway: '172.18.0.9' })],
    ['an address of it by way of a router of the run', route('fd00:aaaa::fff0', { gateway: 'fd00:aaaa::9' })],
    ['a dead end', route('default', { type: 'unreachable' })],
    ['the link itself', route('fe80::/64')],
    ['multicast on the link', route('ff00::/8', { type: 'multicast' })],
    ['an own address', route('172.18.0.5', { type: 'local' })],
    ['the broadcast address of the link', route('172.18.255.255', { type: 'broadcast' })],
  ])('takes %s for its own', (_what, one) => {
    expect(straysFrom([one], OWN)).toEqual([]);
  });

  it.each([
    ['a default route', route('default', { gateway: '172.18.0.1' })],
    ['a default route without a gateway', route('default', { family: 'IPv6' })],
    ['a default route by way of a router of the run', route('default', { gateway: '172.18.0.9' })],
    ['a network that is not the run’s', route('10.0.0.0/8')],
    ['a network that holds the run’s', route('172.16.0.0/12')],
    ['an own address by way of the machine', route('172.18.255.240/29', { gateway: '172.18.0.1' })],
    ['an own IPv6 address by way of the machine', route('fd00:aaaa::fff0', { gateway: 'fd00:aaaa::1' })],
  ])('does not take %s for its own', (_what, one) => {
    expect(straysFrom([one], OWN)).toEqual([one]);
  });
});
