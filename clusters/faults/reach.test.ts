import { describe, expect, it } from 'vitest';

import { FAKE_NODES, fakePlace } from './fake-place.ts';
import { expectReach, parseReach, vantageOf } from './reach.ts';

const signal = new AbortController().signal;

describe('parseReach', () => {
  it.each([
    ['answers', 'answers'],
    ['accepted', 'accepted'],
    [
      '172.18.0.3: connect: Connection refused\n172.18.0.3: line 1: /dev/tcp/172.18.0.3/10250: Connection refused',
      'refused',
    ],
    ['172.18.0.3: connect: No route to host', 'silent'],
    ['', 'silent'],
  ])('reads "%s" as %s', (text, expected) => {
    expect(parseReach(text)).toBe(expected);
  });
});

describe('expectReach', () => {
  const [from, to] = [FAKE_NODES[0]?.name ?? '', FAKE_NODES.slice(1, 2)];
  const question = { from, to, port: 10_250, when: 'before', signal };

  it('asks over both families', async () => {
    const { place, asked } = fakePlace(() => 'answers');
    await expectReach(place, { ...question, wanted: 'answers' });
    expect(asked.map((command) => command.split(' ').slice(-3).join(' '))).toEqual([
      'https://172.18.0.3:10250/healthz 172.18.0.3 10250',
      'https://[fd00:aaaa::3]:10250/healthz fd00:aaaa::3 10250',
    ]);
  });

  it('is not content with one family', async () => {
    const { place } = fakePlace((command) => (command.includes('[fd00') ? 'answers' : ''));
    await expect(expectReach(place, { ...question, wanted: 'silent', when: 'unplugged' })).rejects.toThrow(
      'unplugged, demo-control-plane asks port 10250, and is to meet "silent" everywhere, but: demo-worker over IPv6 answers',
    );
  });

  it('is not content with nobody to ask', async () => {
    const { place } = fakePlace(() => '');
    await expect(expectReach(place, { ...question, to: [], wanted: 'silent' })).rejects.toThrow(
      'but: there is no node to ask',
    );
  });
});

describe('vantageOf', () => {
  it('is the control plane, and for that one a worker', () => {
    expect(vantageOf(FAKE_NODES, 'demo-worker').name).toBe('demo-control-plane');
    expect(vantageOf(FAKE_NODES, 'demo-control-plane').name).toBe('demo-worker');
    expect(() => vantageOf(FAKE_NODES.slice(0, 1), 'demo-control-plane')).toThrow(
      'no other node runs from which demo-control-plane could be seen',
    );
  });
});
