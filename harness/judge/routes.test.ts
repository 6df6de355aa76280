import { describe, expect, it } from 'vitest';

import type { Observation } from '../../reports/record/record.ts';
import type { Routes } from '../scenario/step.ts';
import { service, V4, V6 } from './fake-observations.ts';
import { checkRoutes } from './routes.ts';

const endpoints: Observation = {
  kind: 'endpoints',
  at: 40,
  step: 'routes',
  service: 'web',
  workers: ['w2', 'w1'],
  backends: ['w2'],
};

function routes(at: number, hops: { IPv4?: string[]; IPv6?: string[] }): Observation {
  const of = (family: 'IPv4' | 'IPv6', prefix: string) =>
    (hops[family] ?? []).length === 0
      ? []
      : [{ family, prefix, nextHops: (hops[family] ?? []).map((node) => ({ address: '192.0.2.1', node })) }];
  return { kind: 'routes', at, routes: [...of('IPv4', `${V4}/32`), ...of('IPv6', `${V6}/128`)] };
}

const both = service({ addresses: [V4, V6] });

function told(via: Routes['via'], observations: Observation[], at = 100) {
  return checkRoutes({ service: 'web', via }, { step: 'routes', observations, at }).map(
    ({ subject, ok, expected, observed }) => ({ subject, ok, expected, observed }),
  );
}

describe('checkRoutes', () => {
  it('wants every worker as a next hop, for each family', () => {
    const table = routes(50, { IPv4: ['w1', 'w2'], IPv6: ['w1'] });
    expect(told('workers', [both, endpoints, table])).toEqual([
      {
        subject: 'IPv4',
        ok: true,
        expected: 'a route via every worker and no other node: w1, w2',
        observed: `${V4}/32 via w1, w2`,
      },
      {
        subject: 'IPv6',
        ok: false,
        expected: 'a route via every worker and no other node: w1, w2',
        observed: `${V6}/128 via w1`,
      },
    ]);
  });

  it('wants the nodes with a backend, and no other one', () => {
    const table = routes(50, { IPv4: ['w2'], IPv6: ['w1', 'w2'] });
    expect(told('backends', [both, endpoints, table]).map(({ ok }) => ok)).toEqual([true, false]);
  });

  it('looks at the table as it was at the end of the step', () => {
    const tables = [routes(50, { IPv4: ['w2'], IPv6: ['w2'] }), routes(150, {})];
    expect(told('backends', [both, endpoints, ...tables], 100).map(({ ok }) => ok)).toEqual([true, true]);
    expect(told('backends', [both, endpoints, ...tables], 200).map(({ ok }) => ok)).toEqual([false, false]);
  });

  it('has nothing to say of a family that is not named', () => {
    const table = routes(50, { IPv4: ['w1', 'w2'] });
    expect(told({ IPv6: 'none' }, [both, endpoints, table])).toEqual([
      { subject: 'IPv6', ok: true, expected: 'no route', observed: `no route to ${V6}/128` },
    ]);
  });

  it('looks for the addresses that a Service had, when it is gone', () => {
    const gone = service({ at: 60, deleted: true });
    const last = routes(70, { IPv6: ['w1'] });
    expect(told('none', [both, endpoints, gone, last])).toEqual([
      { subject: 'IPv4', ok: true, expected: 'no route', observed: `no route to ${V4}/32` },
      { subject: 'IPv6', ok: false, expected: 'no route', observed: `${V6}/128 via w1` },
    ]);
  });

  it('believes no absence of an address that never was, and no next hop where nobody could be one', () => {
    expect(told('none', [service(), endpoints])).toMatchObject([
      { subject: 'IPv4', ok: false, observed: 'the Service never had an IPv4 address' },
      { subject: 'IPv6', ok: false, observed: 'the Service never had an IPv6 address' },
    ]);
    const nobody: Observation = { ...endpoints, backends: [] };
    expect(told('backends', [both, nobody]).map(({ ok, expected }) => [ok, expected])).toEqual([
      [false, 'a route via every node with a backend and no other node: there is none'],
      [false, 'a route via every node with a backend and no other node: there is none'],
    ]);
  });

  it('names a next hop that is no node by its address', () => {
    const table: Observation = {
      kind: 'routes',
      at: 50,
      routes: [{ family: 'IPv4', prefix: `${V4}/32`, nextHops: [{ address: '172.18.0.77' }] }],
    };
    expect(told({ IPv4: 'workers' }, [both, endpoints, table])).toMatchObject([
      { ok: false, observed: `${V4}/32 via 172.18.0.77` },
    ]);
  });
});
