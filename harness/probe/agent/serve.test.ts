import { PassThrough } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { monotonicMs } from '../../../base/clock.ts';
import { AgentLink } from '../agent-link.ts';
import { serve } from './serve.ts';

function served() {
  const input = new PassThrough();
  const output = new PassThrough();
  const ended = serve(input, output).then(() => 'its input ended');
  return { link: new AgentLink({ input, output, ended }), ended };
}

describe('serve', () => {
  it('answers each request when it is done, not in the order of asking', async () => {
    const { link } = served();
    const order: string[] = [];
    const attempt = { kind: 'attempt', protocol: 'http', port: 9, ask: ['/'], neighbour: false } as const;
    await Promise.all([
      link.send({ ...attempt, address: '127.0.0.1', timeoutMs: 50_000 }).then(() => order.push('attempt')),
      link.send({ kind: 'clock' }).then(() => order.push('clock')),
    ]);
    expect(order).toEqual(['clock', 'attempt']);
  });

  it('tells its clock', async () => {
    const { link } = served();
    const before = monotonicMs();
    const theirs = await link.send({ kind: 'clock' });
    expect(theirs).toBeGreaterThanOrEqual(before);
    expect(theirs).toBeLessThanOrEqual(monotonicMs());
  });

  it('answers with the reason when it cannot do what is asked', async () => {
    const { link } = served();
    await expect(
      link.send({
        kind: 'attempt',
        protocol: 'tcp',
        address: '127.0.0.1',
        port: 70_000,
        ask: [],
        timeoutMs: 50,
        neighbour: false,
      }),
    ).rejects.toMatchObject({
      code: 'DUALVIP_PROBE_FAILED',
      message: expect.stringContaining('the probe could not do its work: Port should be'),
    });
  });

  it('ends with its input', async () => {
    const { link, ended } = served();
    link.close('done');
    await expect(ended).resolves.toBe('its input ended');
  });
});
