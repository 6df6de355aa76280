import { expect, it } from 'vitest';

import { REMOVE_WAY_BACK, wayBackScript } from './way-back.ts';

it('leads to the client by way of the router, and lets nothing else out', () => {
  const script = wayBackScript({
    subnets: { IPv4: '172.19.0.0/16', IPv6: 'fd00:bbbb::/64' },
    router: { IPv4: '172.18.0.9', IPv6: 'fd00:aaaa::9' },
    announced: { IPv4: ['10.0.50.1/32', '10.0.50.2/31'], IPv6: ['fd00:1::1/128'] },
  });
  expect(script.split('\n')).toEqual([
    'set -e',
    'ip -4 route replace 172.19.0.0/16 via 172.18.0.9 proto 157',
    'ip -4 rule add pref 157 iif eth0 to 10.0.50.1/32 protocol 157 unreachable',
    'ip -4 rule add pref 157 iif eth0 to 10.0.50.2/31 protocol 157 unreachable',
    'ip -6 route replace fd00:bbbb::/64 via fd00:aaaa::9 proto 157',
    'ip -6 rule add pref 157 iif eth0 to fd00:1::1/128 protocol 157 unreachable',
  ]);
});

it('is taken away by its mark, for both families', () => {
  expect(REMOVE_WAY_BACK.split('\n')).toEqual([
    'ip -4 route flush proto 157',
    'while ip -4 rule del pref 157 2>/dev/null; do :; done',
    'ip -6 route flush proto 157',
    'while ip -6 rule del pref 157 2>/dev/null; do :; done',
  ]);
});
