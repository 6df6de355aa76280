import { beforeEach, describe, expect, it, vi } from 'vitest';

import { monotonicMs } from '../../base/clock.ts';
import {
  advertised,
  CLIENT_MAC,
  GRATUITOUS_REPLY,
  isAt,
  OTHER_MAC,
  SOLICITATION,
  SOLICITATION_OF_ONE,
  UNSOLICITED,
  WHO_HAS,
  WHO_HAS_OF_ONE,
  WORKER_MAC,
} from './frames.ts';
import type { HeardMessage } from './link-capture.ts';
import { neighbourMessage } from './neighbour-message.ts';
import { askResponders, type Asked } from './responders.ts';

const V4 = '172.18.255.240';
const V6 = 'fd00::fff0';

vi.mock('../../base/clock.ts', { spy: true });
vi.mock('../../base/converge.ts', { spy: true });

/** What passes on the link, by milliseconds since the kernel was told to ask. */
type Link = Readonly<Record<number, readonly Buffer[]>>;

/** A probe on a link on which this passes; its time goes on by what is slept. */
async function asking(link: Link, options: { address?: string; asked?: Asked; mac?: string } = {}) {
  const { address = V4, asked = 'all', mac } = options;
  const { sleep } = await import('../../base/converge.ts');
  let now = 1_000;
  vi.mocked(monotonicMs).mockImplementation(() => now);
  vi.mocked(sleep).mockImplementation((ms) => {
    now += ms;
    return Promise.resolve();
  });
  const done: string[] = [];
  const messages = Object.entries(link).flatMap(([at, frames]) =>
    frames.flatMap((frame): HeardMessage[] => {
      const message = neighbourMessage(frame);
      return message ? [{ ...message, at: 1_000 + Number(at), errorMs: 0 }] : [];
    }),
  );
  const heard = (after: number) => {
    const passed = messages.filter(({ at }) => at <= now);
    return Promise.resolve({ last: passed.length, missed: 0, messages: passed.slice(after) });
  };
  const responders = await askResponders({
    probe: {
      mac: CLIENT_MAC,
      capture: {
        mark: () => Promise.resolve(0),
        heard,
        file: () => Promise.reject(new Error('not asked for')),
      },
      ip: (args) => {
        done.push(args.join(' '));
        return Promise.resolve('');
      },
    },
    address,
    asked,
    ...(mac ? { mac } : {}),
    signal: new AbortController().signal,
  });
  return { responders, done };
}

beforeEach(() => vi.clearAllMocks());

describe('askResponders', () => {
  it('finds the one that answers ARP, and waits a while for another one', async () => {
    const { responders, done } = await asking({ 1: [WHO_HAS], 2: [isAt(WORKER_MAC)] });
    expect(responders).toMatchObject({
      address: V4,
      asked: 'all',
      macs: [WORKER_MAC],
      askedAt: 1001,
      firstMs: 1,
    });
    expect(responders.waitedMs).toBeGreaterThan(400);
    expect(responders.waitedMs).toBeLessThan(500);
    expect(done).toEqual([`neigh del ${V4} dev eth0`, `neigh replace ${V4} dev eth0 use`]);
  });

  it('finds the one that answers NDP', async () => {
    const link = { 1: [SOLICITATION], 2: [advertised(WORKER_MAC)] };
    const { responders } = await asking(link, { address: V6 });
    expect(responders.macs).toEqual([WORKER_MAC]);
  });

  it.each([
    [V4, WHO_HAS, isAt],
    [V6, SOLICITATION, advertised],
  ])('finds that two answer for %s, each once', async (address, question, answer) => {
    const link = { 1: [question], 2: [answer(WORKER_MAC)], 300: [answer(OTHER_MAC), answer(WORKER_MAC)] };
    const { responders } = await asking(link, { address });
    expect(responders.macs).toEqual([WORKER_MAC, OTHER_MAC]);
  });

  it('takes no announcement that nobody asked for as an answer', async () => {
    const { responders } = await asking({ 1: [WHO_HAS], 5: [GRATUITOUS_REPLY, UNSOLICITED] });
    expect(responders.macs).toEqual([]);
    expect(responders).not.toHaveProperty('firstMs');
  });

  it('waits for an answer to the third question of the kernel before it takes silence for one', async () => {
    const late = await asking({ 1: [WHO_HAS], 1001: [WHO_HAS], 2001: [WHO_HAS], 2003: [isAt(WORKER_MAC)] });
    expect(late.responders).toMatchObject({ macs: [WORKER_MAC], firstMs: 2002 });
    const { responders } = await asking({ 1: [WHO_HAS], 1001: [WHO_HAS], 2001: [WHO_HAS] });
    expect(responders.macs).toEqual([]);
    expect(responders.waitedMs).toBeGreaterThan(2400);
    expect(responders.waitedMs).toBeLessThan(2500);
  });

  it('asks the announcer alone, and lets the client go on with what it has', async () => {
    const link = { 1: [SOLICITATION_OF_ONE] };
    const { responders, done } = await asking(link, { address: V6, asked: 'one', mac: WORKER_MAC });
    expect(responders.macs).toEqual([]);
    expect(done).toEqual([
      `neigh replace ${V6} dev eth0 lladdr ${WORKER_MAC} nud probe`,
      `neigh replace ${V6} dev eth0 lladdr ${WORKER_MAC} nud reachable`,
    ]);
    const answered = await asking(
      { 1: [WHO_HAS_OF_ONE], 2: [isAt(WORKER_MAC)] },
      { asked: 'one', mac: WORKER_MAC },
    );
    expect(answered.responders.macs).toEqual([WORKER_MAC]);
  });

  it('tells that it has not asked, rather than that nobody has answered', async () => {
    await expect(asking({ 1: [WHO_HAS_OF_ONE], 2: [isAt(WORKER_MAC)] })).rejects.toMatchObject({
      code: 'DUALVIP_PROBE_FAILED',
      message: `the probe's kernel has not asked all who has ${V4}`,
    });
    await expect(asking({}, { asked: 'one', mac: WORKER_MAC })).rejects.toMatchObject({
      message: `the probe's kernel has not asked the announcer who has ${V4}`,
    });
  });
});
