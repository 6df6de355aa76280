import { expect, it } from 'vitest';

import { bgpSchema } from '../scenario/pool.ts';
import { routerConfig } from './router-config.ts';

const nodes = [
  { IPv4: '172.18.0.3', IPv6: 'fd00:aaaa::3' },
  { IPv4: '172.18.0.4', IPv6: 'fd00:aaaa::4' },
];

const config = (bgp: Parameters<typeof bgpSchema.parse>[0]) =>
  routerConfig({ id: '172.18.0.9', nodes, bgp: bgpSchema.parse(bgp) });

it('has a session of each family with every node, for the routes of its own family', () => {
  expect(config({})).toBe(`frr defaults traditional
hostname router
log file /var/log/frr/frr.log informational
log timestamp precision 3
route-map global-next-hop permit 10
 set ipv6 next-hop prefer-global
exit
router bgp 64513
 bgp router-id 172.18.0.9
 no bgp ebgp-requires-policy
 no bgp default ipv4-unicast
 timers bgp 10 30
 neighbor 172.18.0.3 remote-as 64512
 neighbor 172.18.0.3 passive
 neighbor 172.18.0.4 remote-as 64512
 neighbor 172.18.0.4 passive
 neighbor fd00:aaaa::3 remote-as 64512
 neighbor fd00:aaaa::3 passive
 neighbor fd00:aaaa::4 remote-as 64512
 neighbor fd00:aaaa::4 passive
 address-family ipv4 unicast
  maximum-paths 64
  neighbor 172.18.0.3 activate
  neighbor 172.18.0.4 activate
 exit-address-family
 address-family ipv6 unicast
  maximum-paths 64
  neighbor fd00:aaaa::3 activate
  neighbor fd00:aaaa::3 route-map global-next-hop in
  neighbor fd00:aaaa::4 activate
  neighbor fd00:aaaa::4 route-map global-next-hop in
 exit-address-family
exit
`);
});

it('keeps to a hold time', () => {
  expect(config({ holdTime: 9 }).split('\n')).toContain(' timers bgp 3 9');
});

it('carries both families over one session, watched by BFD, where it is told to', () => {
  const lines = config({ sessions: ['IPv4'], bothFamilies: true, bfd: true, gracefulRestart: true }).split(
    '\n',
  );
  expect(lines).not.toContain(' neighbor fd00:aaaa::3 remote-as 64512');
  expect(lines).toContain('  neighbor 172.18.0.3 route-map global-next-hop in');
  expect(lines.filter((line) => line === '  neighbor 172.18.0.3 activate')).toHaveLength(2);
  expect(lines).toContain(' neighbor 172.18.0.4 bfd profile fast');
  expect(lines).toContain(' bgp graceful-restart');
  expect(lines.slice(lines.indexOf('bfd'))).toEqual([
    'bfd',
    ' profile fast',
    '  detect-multiplier 3',
    '  receive-interval 100',
    '  transmit-interval 100',
    ' exit',
    'exit',
    '',
  ]);
});
