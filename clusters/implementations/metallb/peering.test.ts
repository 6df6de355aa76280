import { expect, it } from 'vitest';

import { renderPeering } from './peering.ts';

const PEERING = {
  router: { IPv4: '172.18.0.9', IPv6: 'fd00:aaaa::9' },
  clusterAsn: 64_512,
  routerAsn: 64_513,
  bothFamilies: false,
  gracefulRestart: false,
};

it('writes a BGPPeer for each address of the router', () => {
  const spec = { myASN: 64_512, peerASN: 64_513, connectTime: '1s' };
  expect(renderPeering(PEERING, 'frr')).toEqual([
    {
      apiVersion: 'metallb.io/v1beta2',
      kind: 'BGPPeer',
      metadata: { name: 'router-ipv4', namespace: 'metallb-system' },
      spec: { ...spec, peerAddress: '172.18.0.9' },
    },
    {
      apiVersion: 'metallb.io/v1beta2',
      kind: 'BGPPeer',
      metadata: { name: 'router-ipv6', namespace: 'metallb-system' },
      spec: { ...spec, peerAddress: 'fd00:aaaa::9' },
    },
  ]);
});

it('writes nothing for native mode that it refuses', () => {
  const { router: _, ...rest } = PEERING;
  const [peer, ...others] = renderPeering({ ...rest, router: { IPv4: '172.18.0.9' } }, 'native');
  expect(peer).toMatchObject({ spec: { myASN: 64_512, peerASN: 64_513, peerAddress: '172.18.0.9' } });
  expect(peer).not.toHaveProperty('spec.connectTime');
  expect(others).toEqual([]);
});

it('writes a BFDProfile, and what peers have of it, of both families and of a graceful restart', () => {
  const objects = renderPeering(
    { ...PEERING, bothFamilies: true, gracefulRestart: true, bfd: { intervalMs: 100, multiplier: 3 } },
    'frr-k8s',
  );
  const extras = { bfdProfile: 'router', dualStackAddressFamily: true, enableGracefulRestart: true };
  expect(objects).toMatchObject([
    {
      kind: 'BFDProfile',
      metadata: { name: 'router' },
      spec: { receiveInterval: 100, transmitInterval: 100, detectMultiplier: 3 },
    },
    { kind: 'BGPPeer', spec: extras },
    { kind: 'BGPPeer', spec: extras },
  ]);
});
