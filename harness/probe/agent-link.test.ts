import { once } from 'node:events';
import { PassThrough } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { AgentLink } from './agent-link.ts';

const CLOCK = { kind: 'clock' } as const;

function linked() {
  const input = new PassThrough({ encoding: 'utf8' });
  const output = new PassThrough();
  const end = Promise.withResolvers<string>();
  return { link: new AgentLink({ input, output, ended: end.promise }), input, output, end: end.resolve };
}

describe('AgentLink', () => {
  it('writes a request as one line with an id', async () => {
    const { link, input, output } = linked();
    const answer = link.send(CLOCK);
    expect(input.read()).toBe('{"id":1,"kind":"clock"}\n');
    output.write('{"id":1,"value":7}\n');
    await expect(answer).resolves.toBe(7);
  });

  it('ties answers to requests by id, in any order and in any pieces', async () => {
    const { link, output } = linked();
    const answers = Promise.all([link.send(CLOCK), link.send(CLOCK), link.send(CLOCK)]);
    output.write('{"id":3,"va');
    output.write('lue":"c"}\n{"id":1,"value":"ä"}\n{"id"');
    output.write(':2,"value":"b"}\n');
    await expect(answers).resolves.toEqual(['ä', 'b', 'c']);
  });

  it('tells why the agent could not', async () => {
    const { link, output } = linked();
    const answer = link.send(CLOCK);
    output.write('{"id":1,"error":"RTNETLINK answers: Operation not permitted"}\n');
    await expect(answer).rejects.toMatchObject({
      code: 'DUALVIP_PROBE_FAILED',
      message: 'the probe could not do its work: RTNETLINK answers: Operation not permitted',
    });
  });

  it('fails what is pending and what is sent later when the agent ends', async () => {
    const { link, end } = linked();
    const lost = { code: 'DUALVIP_PROBE_LOST', message: 'the probe was lost: its agent ended with code 137' };
    const pending = [link.send(CLOCK), link.send(CLOCK)];
    end('its agent ended with code 137');
    for (const one of pending) await expect(one).rejects.toMatchObject(lost);
    await expect(link.send(CLOCK)).rejects.toMatchObject(lost);
  });

  it('is lost when the agent writes what is no answer', async () => {
    const { link, output } = linked();
    const pending = link.send(CLOCK);
    output.write('Segmentation fault\n');
    await expect(pending).rejects.toMatchObject({
      code: 'DUALVIP_PROBE_LOST',
      message: expect.stringMatching(
        /^the probe was lost: its agent wrote "Segmentation fault", which is no answer: /,
      ),
    });
  });

  it('gives up on an agent that stays silent', async () => {
    const { link } = linked();
    await expect(link.send(CLOCK, { withinMs: 20 })).rejects.toMatchObject({
      code: 'DUALVIP_PROBE_LOST',
      message: 'the probe was lost: its agent has not answered for 20 ms',
    });
  });

  it('rejects with the reason of an abort, and drops the late answer', async () => {
    const { link, output } = linked();
    const controller = new AbortController();
    const aborted = link.send(CLOCK, { signal: controller.signal });
    controller.abort(new Error('interrupted'));
    await expect(aborted).rejects.toThrow('interrupted');
    output.write('{"id":1,"value":"late"}\n');
    const next = link.send(CLOCK);
    output.write('{"id":2,"value":"in time"}\n');
    await expect(next).resolves.toBe('in time');
  });

  it('sends nothing when the signal is aborted already', async () => {
    const { link, input } = linked();
    await expect(link.send(CLOCK, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
    expect(input.read()).toBeNull();
  });

  it("ends the agent's input when it is closed", async () => {
    const { link, input } = linked();
    const ended = once(input.resume(), 'end');
    link.close('it was stopped');
    await ended;
    await expect(link.send(CLOCK)).rejects.toThrow('the probe was lost: it was stopped');
  });
});
