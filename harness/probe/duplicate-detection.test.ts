import { describe, expect, it } from 'vitest';

import { addressState, waitUntilUsable } from './duplicate-detection.ts';

const table = (flags: object) =>
  JSON.stringify([
    { ifname: 'lo', addr_info: [{ family: 'inet6', local: '::1' }] },
    { ifname: 'eth0', addr_info: [{}, { family: 'inet6', local: 'fd00:aaaa::2', ...flags }] },
  ]);

describe('addressState', () => {
  it.each([
    [{}, 'ready'],
    [{ nodad: true }, 'ready'],
    [{ tentative: true }, 'tentative'],
    [{ tentative: true, dadfailed: true }, 'duplicate'],
  ])('reads %j as %s', (flags, state) => {
    expect(addressState(table(flags), 'fd00:aaaa:0:0::2')).toBe(state);
  });

  it('tells an address that is not there', () => {
    expect(addressState(table({}), 'fd00:aaaa::3')).toBe('absent');
  });
});

describe('waitUntilUsable', () => {
  it('waits as long as the address is tentative', async () => {
    const answers = [table({ tentative: true }), table({})];
    await waitUntilUsable({ ip: () => Promise.resolve(answers.shift() ?? ''), address: 'fd00:aaaa::2' });
    expect(answers).toEqual([]);
  });

  it('ends with the signal', async () => {
    const signal = AbortSignal.timeout(20);
    const waiting = waitUntilUsable({
      ip: () => Promise.resolve(table({ tentative: true })),
      address: 'fd00:aaaa::2',
      signal,
    });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
