import { describe, expect, it } from 'vitest';

import { CredentialSource, type Lent } from './credentials.ts';

/** A source of `token-1`, `token-2` and so on, each for `forMs`, on a clock that a test sets. */
function source(forMs?: number) {
  const clock = { now: 0, asked: 0 };
  const lend = (): Promise<Lent> => {
    clock.asked += 1;
    const until = forMs === undefined ? undefined : clock.now + forMs;
    return Promise.resolve({ credentials: { token: `token-${clock.asked}` }, until });
  };
  return { clock, credentials: new CredentialSource(lend, () => clock.now) };
}

describe('CredentialSource', () => {
  it('asks once for calls at the same time, and keeps what holds', async () => {
    const { clock, credentials } = source();
    const all = await Promise.all([credentials.current(), credentials.current(), credentials.current()]);
    expect(all.map(({ token }) => token)).toEqual(['token-1', 'token-1', 'token-1']);
    clock.now = 1e12;
    expect(await credentials.current()).toEqual({ token: 'token-1' });
  });

  it('asks again shortly before they end', async () => {
    const { clock, credentials } = source(60_000);
    await credentials.current();
    clock.now = 49_999;
    expect(await credentials.current()).toEqual({ token: 'token-1' });
    clock.now = 50_000;
    expect(await credentials.current()).toEqual({ token: 'token-2' });
    expect(clock.asked).toBe(2);
  });

  it('asks again once for all calls that were refused the same', async () => {
    const { clock, credentials } = source();
    const refused = await credentials.current();
    const all = await Promise.all([credentials.renewed(refused), credentials.renewed(refused)]);
    expect(all.map(({ token }) => token)).toEqual(['token-2', 'token-2']);
    // One that was refused before another had asked gets the other's.
    expect(await credentials.renewed(refused)).toEqual({ token: 'token-2' });
    expect(clock.asked).toBe(2);
  });

  it('asks again after a failure', async () => {
    let asked = 0;
    const credentials = new CredentialSource(() => {
      asked += 1;
      return asked === 1
        ? Promise.reject(new Error('no'))
        : Promise.resolve({ credentials: { token: 'late' } });
    });
    await expect(credentials.current()).rejects.toThrow('no');
    expect(await credentials.current()).toEqual({ token: 'late' });
  });
});
