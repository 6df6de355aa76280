import { describe, expect, it } from 'vitest';

import { normaliseMac, parseNeighbours } from './neighbour.ts';

describe('parseNeighbours', () => {
  it('reads entries of both families', () => {
    const json = `[
      {"dst":"172.18.0.2","dev":"eth0","lladdr":"02:42:AC:12:00:02","state":["REACHABLE"]},
      {"dst":"fd00:aaaa:0::2","dev":"eth0","lladdr":"02:42:ac:12:00:02","router":null,"state":["STALE"]}]`;
    expect(parseNeighbours(json)).toEqual([
      { address: '172.18.0.2', mac: '02:42:ac:12:00:02', state: 'REACHABLE', device: 'eth0' },
      { address: 'fd00:aaaa::2', mac: '02:42:ac:12:00:02', state: 'STALE', device: 'eth0' },
    ]);
  });

  it.each(['FAILED', 'INCOMPLETE'])('has no MAC address in state %s', (state) => {
    expect(parseNeighbours(`[{"dst":"fd00::1","dev":"eth0","state":["${state}"]}]`)).toEqual([
      { address: 'fd00::1', mac: undefined, state, device: 'eth0' },
    ]);
  });

  it.each(['', '[]', '[ ]\n'])('reads %j as an empty table', (json) => {
    expect(parseNeighbours(json)).toEqual([]);
  });

  it('knows the device that was asked for', () => {
    expect(parseNeighbours('[{"dst":"fd00::1","state":["FAILED"]}]', 'eth0')).toMatchObject([
      { device: 'eth0', mac: undefined, state: 'FAILED' },
    ]);
  });

  it('rejects what is no neighbour table', () => {
    expect(() => parseNeighbours('[{"dst":"fd00::1"}]')).toThrow(/dev/);
  });
});

describe('normaliseMac', () => {
  it.each(['02:42:ac:12:00:03', '02-42-AC-12-00-03', '2:42:ac:12:0:3'])('writes %s in one way', (text) => {
    expect(normaliseMac(text)).toBe('02:42:ac:12:00:03');
  });
});
