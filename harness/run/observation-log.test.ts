import { describe, expect, it } from 'vitest';

import { ObservationLog } from './observation-log.ts';

const event = {
  kind: 'event' as const,
  service: 'web',
  uid: 'u',
  type: 'Normal',
  reason: 'IPAllocated',
  message: '',
  source: 'controller',
};

describe('ObservationLog', () => {
  it('stamps what has no time, since the run began', () => {
    const log = new ObservationLog(1000);
    expect(log.since(1001.23456)).toBe(1.235);
    log.add({ ...event, at: 5 });
    log.add(event);
    expect(log.all().map(({ at }) => at === 5 || at > 5)).toEqual([true, true]);
    expect(log.from(6)).toHaveLength(1);
  });

  it('resolves at the observation that fulfils the condition', async () => {
    const log = new ObservationLog(0);
    const signal = new AbortController().signal;
    const waiting = log.until(() => log.all().length === 2, { withinMs: 10_000, signal });
    log.add(event);
    log.add(event);
    await expect(waiting).resolves.toBe(true);
  });

  it('gives false at the deadline, and at once when there is no time left', async () => {
    const log = new ObservationLog(0);
    const signal = new AbortController().signal;
    await expect(log.until(() => false, { withinMs: 10, signal })).resolves.toBe(false);
    await expect(log.until(() => false, { withinMs: -1, signal })).resolves.toBe(false);
  });

  it("rejects with the signal's reason", async () => {
    const stop = new AbortController();
    const waiting = new ObservationLog(0).until(() => false, { withinMs: 10_000, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('waits for nothing when nothing is observed any more', async () => {
    const end = new AbortController();
    const log = new ObservationLog(0, end.signal);
    const signal = new AbortController().signal;
    const waiting = log.until(() => false, { withinMs: 60_000, signal });
    end.abort(new Error('the watch has ended'));
    await expect(waiting).rejects.toThrow('the watch has ended');
    await expect(log.until(() => false, { withinMs: 60_000, signal })).rejects.toThrow('the watch has ended');
  });
});
