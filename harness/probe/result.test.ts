import { describe, expect, it } from 'vitest';

import { questionsOf, resultOf } from './result.ts';

const times = { startedAt: 100, connectedAt: 101, endedAt: 104 };
const http6 = { protocol: 'http', address: 'fd00:0:0::7', port: 80 } as const;

describe('resultOf', () => {
  it('reads the backend, the source and the neighbour of an answer', () => {
    const answer = {
      outcome: 'ok',
      ...times,
      answers: [
        { status: 200, body: 'backend-0\n' },
        { status: 200, body: '[fd00:0:0::3]:41234' },
      ],
      neighbours: '[{"dst":"fd00::7","dev":"eth0","lladdr":"02:42:ac:12:00:03","state":["REACHABLE"]}]',
    };
    expect(resultOf(http6, answer)).toEqual({
      protocol: 'http',
      family: 'IPv6',
      address: 'fd00::7',
      port: 80,
      outcome: 'ok',
      detail: 'HTTP 200',
      status: 200,
      backend: 'backend-0',
      source: 'fd00::3',
      echoed: undefined,
      startedAt: 100,
      connectMs: 1,
      totalMs: 4,
      neighbour: { address: 'fd00::7', mac: '02:42:ac:12:00:03', state: 'REACHABLE', device: 'eth0' },
    });
  });

  it.each(['http', 'udp'] as const)('counts the bytes that came back unchanged over %s', (protocol) => {
    const target = { protocol, address: '192.0.2.7', port: 80, payload: 60 };
    const echo = questionsOf(target)
      .at(-1)
      ?.replace(/^(\/echo\?msg=|echo )/, '');
    const echoed = (body: string) => {
      const answers = ['backend-0', '192.0.2.3:5', body].map((one) => ({ body: one }));
      return resultOf(target, { outcome: 'ok', ...times, answers }).echoed;
    };
    expect(echo).toMatch(/^[a-z]{60}$/);
    expect(echoed(echo ?? '')).toBe(60);
    expect(echoed(echo?.slice(0, 17) ?? '')).toBe(17);
    // A part that was lost in the middle is not made up for by what follows.
    expect(echoed(`${echo?.slice(0, 20)}${echo?.slice(46)}`)).toBeLessThan(60);
    expect(echoed('')).toBe(0);
    expect(echoed(`${echo}z`)).toBe(61);
    expect(questionsOf({ protocol })).toHaveLength(2);
  });

  it('takes no error page for the name of a backend', () => {
    const answers = [
      { status: 404, body: '404 page not found' },
      { status: 200, body: '172.18.0.3:41234' },
    ];
    expect(resultOf(http6, { outcome: 'ok', ...times, answers })).toMatchObject({
      detail: 'HTTP 404',
      status: 404,
      backend: undefined,
      source: '172.18.0.3',
    });
  });

  it.each(['', 'nonsense', '172.18.0.300:80', 'fd00::3'])('knows no source in %j', (body) => {
    const answers = [
      { status: 200, body: 'backend-0' },
      { status: 200, body },
    ];
    expect(resultOf(http6, { outcome: 'ok', ...times, answers }).source).toBeUndefined();
  });

  it('keeps what came before a failure', () => {
    const answers = [{ status: 200, body: 'backend-0' }];
    expect(resultOf(http6, { outcome: 'reset', detail: 'ECONNRESET', ...times, answers })).toMatchObject({
      outcome: 'reset',
      detail: 'ECONNRESET',
      backend: 'backend-0',
      source: undefined,
      neighbour: undefined,
    });
  });

  it.each([
    ['tcp', [], 'connected'],
    ['udp', [{ body: 'backend-0' }, { body: '192.0.2.3:5' }], 'answered'],
  ] as const)('says in words what came over %s', (protocol, answers, detail) => {
    const result = resultOf(
      { protocol, address: '192.0.2.7', port: 80 },
      { outcome: 'ok', ...times, answers },
    );
    expect(result).toMatchObject({ family: 'IPv4', detail, status: undefined, backend: answers[0]?.body });
  });

  it('has no time of connecting where there was no connection', () => {
    const answer = { outcome: 'refused', detail: 'ECONNREFUSED', startedAt: 1, endedAt: 3, answers: [] };
    expect(resultOf(http6, answer)).toMatchObject({ connectMs: undefined, totalMs: 2 });
  });

  it('rejects an outcome that it does not know', () => {
    expect(() => resultOf(http6, { outcome: 'fine', ...times, answers: [] })).toThrow(/outcome/);
  });
});

describe('questionsOf', () => {
  it.each([
    ['http', ['/hostname', '/clientip']],
    ['udp', ['hostname', 'clientip']],
    ['tcp', []],
  ] as const)('asks over %s: %j', (protocol, questions) => {
    expect(questionsOf({ protocol })).toEqual(questions);
  });
});
