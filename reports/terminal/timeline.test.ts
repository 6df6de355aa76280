import { describe, expect, it } from 'vitest';

import { probeObserved, scenarioWith, serviceObserved } from '../fixtures.ts';
import type { Observation } from '../record/record.ts';
import { pageOf } from './page.ts';
import { timeline } from './timeline.ts';

function told(observations: Observation[]): string[] {
  return timeline(scenarioWith('fail', { startedAt: 1000, observations }), pageOf({ colors: false }));
}

describe('timeline', () => {
  it('is in the order of time, in milliseconds since the scenario began', () => {
    expect(
      told([serviceObserved({ at: 2000.6 }), { ...serviceObserved({ at: 1005 }), service: 'b' }]),
    ).toEqual([
      '       5  status  b: no address (PreferDualStack IPv4, IPv6; ClusterIPs 10.96.31.7, fd00:10:96::4d1c)',
      '    1001  status  web-frontend: no address (PreferDualStack IPv4, IPv6; ClusterIPs 10.96.31.7, fd00:10:96::4d1c)',
    ]);
  });

  it('tells of a Service what changed', () => {
    const observations = [
      serviceObserved({ at: 1001 }),
      serviceObserved({ at: 1002 }),
      serviceObserved({ at: 1003, addresses: ['172.18.255.1'] }),
      { ...serviceObserved({ at: 1004, addresses: ['172.18.255.1'] }), ipFamilyPolicy: 'SingleStack' },
      { ...serviceObserved({ at: 1005 }), ipFamilyPolicy: 'SingleStack', deleted: true },
    ];
    expect(told(observations)).toEqual([
      '    1  status  web-frontend: no address (PreferDualStack IPv4, IPv6; ClusterIPs 10.96.31.7, fd00:10:96::4d1c)',
      '    3  status  web-frontend: 172.18.255.1',
      '    4  status  web-frontend: 172.18.255.1 (SingleStack IPv4, IPv6; ClusterIPs 10.96.31.7, fd00:10:96::4d1c)',
      '    5  status  web-frontend: deleted',
    ]);
  });

  it('sums up attempts that met the same, for each address', () => {
    const refused = { outcome: 'refused', detail: 'ECONNREFUSED', totalMs: 0.3 } as const;
    const silent = { status: undefined, backend: undefined, source: undefined, announcer: undefined };
    const observations = [1010, 1060, 1110].flatMap((at) => [
      probeObserved({ at }),
      { ...probeObserved({ at: at + 1, ...refused, family: 'IPv6', address: 'fc00::1' }), ...silent },
    ]);
    expect(told([...observations, probeObserved({ at: 1200, family: 'IPv6', address: 'fc00::1' })])).toEqual([
      '     10  probe  reachable: IPv4 http/80 to 172.18.255.1: ok (HTTP 200), from web-6d9c-x2k4p, announced by dual-worker, seen as coming from 10.244.1.1, after 1.9 ms, 3 times in 100 ms',
      "     11  probe  reachable: IPv6 http/80 to fc00::1: refused (ECONNREFUSED), announced by MAC 02:42:ac:12:00:03, no node's, after 0.3 ms, 3 times in 100 ms",
      '    200  probe  reachable: IPv6 http/80 to fc00::1: ok (HTTP 200), from web-6d9c-x2k4p, announced by dual-worker, seen as coming from 10.244.1.1, after 1.9 ms',
    ]);
  });

  it('tells of routes, sessions and where connections were answered', () => {
    const observations: Observation[] = [
      { kind: 'routes', at: 1001, routes: [] },
      {
        kind: 'sessions',
        at: 1002,
        sessions: [
          { peer: '172.18.0.3', node: 'w1', family: 'IPv4', state: 'Established' },
          { peer: '172.18.0.4', node: 'w2', family: 'IPv4', state: 'Established' },
          { peer: 'fd00::3', family: 'IPv6', state: 'Active' },
        ],
      },
      {
        kind: 'routes',
        at: 1003,
        routes: [
          {
            family: 'IPv4',
            prefix: '10.0.50.1/32',
            nextHops: [{ address: '172.18.0.3', node: 'w1' }, { address: '172.18.0.77' }],
          },
        ],
      },
      {
        kind: 'spread',
        at: 1004,
        step: 'spread',
        service: 'web',
        family: 'IPv4',
        address: '10.0.50.1',
        sent: 64,
        lost: 1,
        nodes: { w1: 30, w2: 33 },
      },
    ];
    expect(told(observations)).toEqual([
      '    1  routes    none',
      '    2  sessions  IPv4 Established: w1, w2; IPv6 Active: fd00::3',
      '    3  routes    10.0.50.1/32 via w1, 172.18.0.77',
      '    4  spread    spread: of 64 connections to 10.0.50.1 30 on w1, 33 on w2 answered, 1 lost',
    ]);
  });

  it('tells of a family without an address, of controls and of backends', () => {
    const observations: Observation[] = [
      {
        ...probeObserved({ at: 1001, family: 'IPv6', outcome: 'no-address' }),
        detail: 'the Service has no IPv6 address',
      },
      { kind: 'control', at: 1002, step: 'reachable', family: 'IPv4', address: '172.18.0.2', outcome: 'ok' },
      { kind: 'backends', at: 1003, step: 'reachable', service: 'web-frontend', pods: [] },
    ];
    expect(told(observations)).toEqual([
      '    1  probe     reachable: IPv6 http/80: the Service has no IPv6 address',
      "    2  control   reachable: IPv4 to a node's own address 172.18.0.2: ok",
      '    3  backends  reachable: behind web-frontend: no pod',
    ]);
  });

  it('tells of streams when attempts failed, and when the connection that was held ended', () => {
    const stream = { at: 1000, endedAt: 9000, step: 'watched', service: 'web-frontend', intervalMs: 10 };
    const vip = {
      ...stream,
      kind: 'stream',
      family: 'IPv6',
      address: 'fc00::1',
      port: 80,
      sent: 800,
    } as const;
    const outage = { from: 2000, to: 2500.4, count: 50, outcome: 'timeout', until: 2490 } as const;
    const flap = (index: number) => ({ ...outage, from: 3000 + index, to: 3001 + index, count: 1 });
    const observations: Observation[] = [
      { ...vip, stream: 'new', ok: 750, gaps: [outage] },
      { ...vip, stream: 'held', ok: 700, gaps: [], breaks: [{ at: 2200, outcome: 'reset' }] },
      { ...vip, stream: 'udp', ok: 1, gaps: [{ from: 4000, count: 9, outcome: 'refused', until: 4090 }] },
      { ...vip, stream: 'control', ok: 1, gaps: Array.from({ length: 10 }, (_, i) => flap(i)), moreGaps: 2 },
    ];
    const lines = told(observations);
    expect(lines.filter((line) => !line.includes('the control fc00::1: no answer'))).toEqual([
      '       0  stream  watched: new connections to fc00::1: 750 of 800 answered, one every 10 ms',
      '       0  stream  watched: the connection held to fc00::1: 700 of 800 answered, one every 10 ms',
      '       0  stream  watched: datagrams to fc00::1: 1 of 800 answered, one every 10 ms',
      '       0  stream  watched: the control fc00::1: 1 of 800 answered, one every 10 ms',
      '    1000  stream  watched: new connections to fc00::1: no answer for 500 ms (timeout, 50 in a row)',
      '    1200  stream  watched: the connection held to fc00::1: ended (reset)',
      '    3000  stream  watched: datagrams to fc00::1: no answer to the end (refused, 9 in a row)',
      '    8000  stream  watched: the control fc00::1: and 2 more times',
    ]);
    expect(lines[6]).toBe('    2000  stream  watched: the control fc00::1: no answer for 1 ms (timeout)');
  });

  it('tells of a fault and its healing what was seen, and when', () => {
    expect(
      told([
        {
          ...{ kind: 'fault', fault: 'neighbours-dropped', node: 'dual-worker', families: ['IPv4'] },
          ...{ at: 1010, madeAt: 1090, endedAt: 2610.4, step: 'broken', action: 'inject' },
          effect: 'a client hears nothing over IPv4',
        },
        {
          ...{
            kind: 'fault',
            at: 5000,
            madeAt: 5100,
            endedAt: 9000,
            step: 'end',
            action: 'heal',
            of: 'broken',
          },
          ...{ fault: 'controller-killed', signal: 'KILL', effect: 'it serves' },
        },
      ]),
    ).toEqual([
      '      10  fault  broken: neighbours-dropped (IPv4) of dual-worker: a client hears nothing over IPv4, seen after 1600 ms',
      '    4000  heal   end: controller-killed (SIGKILL) healed: it serves, seen after 4000 ms',
    ]);
  });
});
