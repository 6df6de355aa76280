import { describe, expect, it } from 'vitest';

import { notYet, parseBfd, parseSessions, serves } from './sessions.ts';

const summary = {
  ipv4Unicast: {
    routerId: '172.18.0.9',
    peers: {
      '172.18.0.4': { hostname: 'w2', remoteAs: 64512, state: 'Established', pfxRcd: 1 },
      '172.18.0.3': { remoteAs: 64512, state: 'Idle (Admin)' },
    },
  },
  ipv6Unicast: {
    peers: {
      'fd00:aaaa:0::3': { state: 'Active' },
      // It carries both families.
      '172.18.0.4': { state: 'Established' },
    },
  },
};

describe('parseSessions', () => {
  it('has each session once, by the family of its addresses', () => {
    expect(parseSessions(JSON.stringify(summary))).toEqual([
      { peer: '172.18.0.3', family: 'IPv4', state: 'Idle (Admin)' },
      { peer: '172.18.0.4', family: 'IPv4', state: 'Established' },
      { peer: 'fd00:aaaa::3', family: 'IPv6', state: 'Active' },
    ]);
  });

  it('has none before the configuration is read', () => {
    expect(parseSessions('')).toEqual([]);
    expect(parseSessions('{}')).toEqual([]);
    expect(parseSessions('{"ipv4Unicast":{"routerId":"1.1.1.1"}}')).toEqual([]);
  });
});

describe('BFD', () => {
  it('has how each peer is seen', () => {
    const text = '[{"peer":"fd00:aaaa:0::3","status":"up"},{"peer":"172.18.0.3","status":"down"}]';
    expect([...parseBfd(text)]).toEqual([
      ['fd00:aaaa::3', 'up'],
      ['172.18.0.3', 'down'],
    ]);
    expect(parseBfd('').size).toBe(0);
  });

  it('has to see a session that it watches', () => {
    const state = 'Established';
    expect([serves({ state }), serves({ state, bfd: 'up' }), serves({ state, bfd: 'down' })]).toEqual([
      true,
      true,
      false,
    ]);
    expect(serves({ state: 'Active', bfd: 'up' })).toBe(false);
    const sessions = [{ peer: '172.18.0.3', family: 'IPv4', state, bfd: 'init' } as const];
    expect(notYet(sessions, serves)).toBe('172.18.0.3 Established, BFD init');
  });
});

it('names those that are not as wanted', () => {
  const sessions = parseSessions(JSON.stringify(summary));
  expect(notYet(sessions, ({ state }) => state === 'Established')).toBe(
    '172.18.0.3 Idle (Admin), fd00:aaaa::3 Active',
  );
  expect(notYet(sessions, () => true)).toBe('');
});
