import { expect, it } from 'vitest';

import { listenScript } from './control-target.ts';

const routes = (script: string) => script.split('\n').filter((line) => / route replace /.test(line));

it('has no way off the link', () => {
  expect(routes(listenScript(undefined))).toEqual([
    'ip -4 route replace unreachable default metric 1',
    'ip -6 route replace unreachable default metric 1',
  ]);
});

it('answers a client behind a router by way of that one, over both families', () => {
  const subnets = { IPv4: '172.24.0.0/16', IPv6: 'fd00:bbbb::/64' };
  const router = { IPv4: '172.18.0.9', IPv6: 'fd00:aaaa::9' };
  expect(routes(listenScript({ subnets, router })).slice(2)).toEqual([
    'ip -4 route replace 172.24.0.0/16 via 172.18.0.9',
    'ip -6 route replace fd00:bbbb::/64 via fd00:aaaa::9',
  ]);
});
