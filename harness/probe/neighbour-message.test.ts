import { describe, expect, it } from 'vitest';

import {
  advertised,
  CLIENT_MAC,
  GRATUITOUS_REPLY,
  GRATUITOUS_REQUEST,
  isAt,
  OTHER_MAC,
  SOLICITATION,
  SOLICITATION_FROM_BEYOND,
  SOLICITATION_OF_ONE,
  UNSOLICITED,
  WHO_HAS,
  WHO_HAS_OF_ONE,
  WITHOUT_OPTION,
  WORKER_MAC,
} from './frames.ts';
import { neighbourMessage, sentenceOf } from './neighbour-message.ts';

const NAMES: Record<string, string> = { [CLIENT_MAC]: 'the client', [WORKER_MAC]: 'worker' };

function told(frame: Buffer): string | undefined {
  const message = neighbourMessage(frame);
  return message && sentenceOf(message, (mac) => NAMES[mac]);
}

describe('neighbourMessage', () => {
  it('reads an ARP request and its answer', () => {
    expect(neighbourMessage(WHO_HAS)).toEqual({
      family: 'IPv4',
      address: '172.18.255.240',
      message: 'who-has',
      mac: CLIENT_MAC,
      sender: CLIENT_MAC,
      receiver: undefined,
    });
    expect(neighbourMessage(isAt(WORKER_MAC))).toEqual({
      family: 'IPv4',
      address: '172.18.255.240',
      message: 'is-at',
      mac: WORKER_MAC,
      sender: WORKER_MAC,
      receiver: CLIENT_MAC,
    });
  });

  it('reads both forms of a gratuitous ARP', () => {
    const common = { address: '172.18.255.240', message: 'gratuitous', mac: WORKER_MAC, receiver: undefined };
    expect(neighbourMessage(GRATUITOUS_REQUEST)).toMatchObject({ ...common, form: 'request' });
    expect(neighbourMessage(GRATUITOUS_REPLY)).toMatchObject({ ...common, form: 'reply' });
  });

  it('reads a neighbour solicitation and its answer', () => {
    expect(neighbourMessage(SOLICITATION)).toEqual({
      family: 'IPv6',
      address: 'fd00::fff0',
      message: 'solicitation',
      mac: CLIENT_MAC,
      sender: CLIENT_MAC,
      receiver: undefined,
    });
    expect(neighbourMessage(advertised(OTHER_MAC))).toEqual({
      family: 'IPv6',
      address: 'fd00::fff0',
      message: 'advertisement',
      mac: OTHER_MAC,
      sender: OTHER_MAC,
      receiver: CLIENT_MAC,
      flags: { router: false, solicited: true, override: false },
    });
  });

  it("tells an unsolicited advertisement, and one that tells another's MAC address", () => {
    expect(neighbourMessage(UNSOLICITED)).toMatchObject({
      message: 'unsolicited',
      mac: OTHER_MAC,
      sender: WORKER_MAC,
      flags: { router: true, solicited: false, override: true },
    });
  });

  it("takes the frame's sender where an advertisement tells no MAC address", () => {
    expect(neighbourMessage(WITHOUT_OPTION)).toMatchObject({ message: 'advertisement', mac: WORKER_MAC });
  });

  it('takes nothing from beyond the link, and nothing that is cut off', () => {
    expect(neighbourMessage(SOLICITATION_FROM_BEYOND)).toBeUndefined();
    const cut = [WHO_HAS, SOLICITATION].flatMap((whole) =>
      [0, 13, 20, 41, 60]
        .filter((length) => length < whole.length)
        .map((length) => whole.subarray(0, length)),
    );
    expect(cut.map(neighbourMessage)).toEqual(cut.map(() => undefined));
  });
});

describe('sentenceOf', () => {
  it.each([
    [WHO_HAS, 'ARP: the client asks all who has 172.18.255.240'],
    [WHO_HAS_OF_ONE, 'ARP: the client asks worker who has 172.18.255.240'],
    [isAt(WORKER_MAC), `ARP: worker (${WORKER_MAC}) has 172.18.255.240, the answer to the client`],
    [isAt(OTHER_MAC), `ARP: ${OTHER_MAC} has 172.18.255.240, the answer to the client`],
    [GRATUITOUS_REQUEST, `gratuitous ARP (request): worker (${WORKER_MAC}) has 172.18.255.240`],
    [GRATUITOUS_REPLY, `gratuitous ARP (reply): worker (${WORKER_MAC}) has 172.18.255.240`],
    [SOLICITATION, 'NDP: the client asks all who has fd00::fff0'],
    [SOLICITATION_OF_ONE, 'NDP: the client asks worker who has fd00::fff0'],
    [
      advertised(WORKER_MAC),
      `NDP: worker (${WORKER_MAC}) has fd00::fff0, the answer to the client, no override`,
    ],
    [UNSOLICITED, `unsolicited NA: ${OTHER_MAC} has fd00::fff0, override, router, says worker`],
  ])('is %#', (frame, sentence) => {
    expect(told(frame)).toBe(sentence);
  });
});
