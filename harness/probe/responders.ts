import { monotonicMs } from '../../base/clock.ts';
import { sleep } from '../../base/converge.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { HeardMessage } from './link-capture.ts';
import { PROBE_DEVICE, type StartedProbe } from './probe.ts';

/** `all`: by broadcast (ARP) or multicast (NDP). `one`: only the one that answered before. */
export type Asked = 'all' | 'one';

/** Who answered when the client asked who has an address. */
export interface Responders {
  address: string;
  asked: Asked;
  /** Distinct, in the order of their first answers. */
  macs: string[];
  /** When the client asked, on `monotonicMs()`. */
  askedAt: number;
  /** From the question to the first answer. */
  firstMs?: number;
  /** From the question until no more answers were waited for. */
  waitedMs: number;
}

export interface AskOptions {
  probe: Pick<StartedProbe, 'capture' | 'ip' | 'mac'>;
  address: string;
  asked: Asked;
  /** With `one`: who. */
  mac?: string;
  signal: AbortSignal;
}

/**
 * How long further answers are waited for after the first: a second announcer gets the same question at the same
 * time, and answers within milliseconds; a machine that is busy gets the rest.
 */
const FURTHER_MS = 400;

/** The kernel asks three times, a second apart; an answer to the last is waited for as long as further ones. */
const SILENCE_MS = 2_000 + FURTHER_MS;

/** Between two looks at what was heard. */
const LOOK_MS = 20;

/** The kernel asks within a millisecond; after this it has not. */
const QUESTION_MS = 1_000;

/**
 * Makes the client's kernel ask who has an address, and collects the answers for a bounded time: those to the
 * client, by ARP reply or solicited advertisement. Afterwards the kernel knows what it knew before, or what it
 * learned.
 * @throws HarnessError `DUALVIP_PROBE_FAILED` where the kernel did not ask
 */
export async function askResponders(options: AskOptions): Promise<Responders> {
  const { probe, address, asked, mac, signal } = options;
  let mark = await probe.capture.mark(signal);
  await ask(options);
  const begun = monotonicMs();
  const answers: HeardMessage[] = [];
  let question: HeardMessage | undefined;
  for (;;) {
    const heard = await probe.capture.heard(mark, signal);
    mark = heard.last;
    const about = heard.messages.filter((message) => message.address === address);
    question ??= about.find((message) => isQuestion(message, options));
    answers.push(...about.filter((message) => isAnswer(message, probe.mac)));
    const now = monotonicMs();
    const [first] = answers;
    if (!question && now - begun > QUESTION_MS) throw didNotAsk(options);
    if (question && first && now - first.at > FURTHER_MS) break;
    if (question && now - question.at > SILENCE_MS) break;
    await sleep(LOOK_MS, signal);
  }
  if (asked === 'one' && mac !== undefined) await remember(options, mac);
  const [first] = answers;
  return {
    address,
    asked,
    macs: [...new Set(answers.map((answer) => answer.mac))],
    askedAt: question.at,
    ...(first ? { firstMs: first.at - question.at } : {}),
    waitedMs: monotonicMs() - question.at,
  };
}

/**
 * iproute2's `use` makes the kernel resolve an address as if a packet were to be sent; with an entry in the state
 * `probe` it asks the one that the entry names whether it is still there (RFC 4861, 7.3.3).
 */
async function ask({ probe, address, asked, mac = '', signal }: AskOptions): Promise<void> {
  const entry = [address, 'dev', PROBE_DEVICE];
  if (asked === 'one') {
    await probe.ip(['neigh', 'replace', ...entry, 'lladdr', mac, 'nud', 'probe'], signal);
    return;
  }
  // An entry that is there would be used as it is.
  await forgetNeighbour(probe, address, signal);
  await probe.ip(['neigh', 'replace', ...entry, 'use'], signal);
}

/** Makes the client forget who has an address. */
export async function forgetNeighbour(
  probe: Pick<StartedProbe, 'ip'>,
  address: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await probe.ip(['neigh', 'del', address, 'dev', PROBE_DEVICE], signal);
  } catch (error) {
    // There is nothing to forget.
    if (!messageOf(error).includes('No such file or directory')) throw error;
  }
}

/** A client that was not answered by one would ask all again; until then it goes on to use what it has. */
async function remember({ probe, address, signal }: AskOptions, mac: string): Promise<void> {
  await probe.ip(
    ['neigh', 'replace', address, 'dev', PROBE_DEVICE, 'lladdr', mac, 'nud', 'reachable'],
    signal,
  );
}

function isQuestion({ message, mac, receiver }: HeardMessage, { probe, asked }: AskOptions): boolean {
  if (message !== 'who-has' && message !== 'solicitation') return false;
  return mac === probe.mac && (receiver === undefined) === (asked === 'all');
}

function isAnswer({ message, receiver }: HeardMessage, client: string): boolean {
  return (message === 'is-at' || message === 'advertisement') && receiver === client;
}

function didNotAsk({ address, asked }: AskOptions): HarnessError {
  return new HarnessError(
    'DUALVIP_PROBE_FAILED',
    `the probe's kernel has not asked ${asked === 'all' ? 'all' : 'the announcer'} who has ${address}`,
    { hint: 'This says nothing about the network. The capture in the evidence shows what was sent.' },
  );
}
