import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

import { z } from 'zod';

import { formatMs } from '../../base/clock.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { AgentRequest } from './protocol.ts';

export interface AgentStreams {
  /** The agent's standard input. */
  input: Writable;
  /** The agent's standard output. */
  output: Readable;
  /** Resolves with the reason when the agent has ended. */
  ended: Promise<string>;
}

export interface SendOptions {
  /** How long the agent may take, in milliseconds. */
  withinMs?: number;
  signal?: AbortSignal | undefined;
}

/** What takes the agent no time but that of one short process, on a machine that is busy starting a cluster. */
const AGENT_ANSWER_MS = 15_000;

const answerLineSchema = z.union([
  z.object({ id: z.int(), error: z.string() }),
  z.object({ id: z.int(), value: z.unknown() }),
]);
type AnswerLine = z.output<typeof answerLineSchema>;

/** Many requests at once over the agent's standard streams. */
export class AgentLink {
  readonly #input: Writable;
  readonly #pending = new Map<number, PromiseWithResolvers<AnswerLine>>();
  #lost: HarnessError | undefined;
  #lastId = 0;

  constructor({ input, output, ended }: AgentStreams) {
    this.#input = input;
    input.on('error', (error) => this.close(error.message));
    createInterface({ input: output }).on('line', (line) => this.#receive(line));
    void ended.then((reason) => this.close(reason));
  }

  /**
   * Sends a request and gives the value it is answered with.
   * @throws HarnessError `DUALVIP_PROBE_LOST` when no answer comes, `DUALVIP_PROBE_FAILED` when the agent could
   *   not do it; the signal's reason when aborted.
   */
  async send(
    request: AgentRequest,
    { withinMs = AGENT_ANSWER_MS, signal }: SendOptions = {},
  ): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#lost) throw this.#lost;
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<AnswerLine>();
    const onAbort = () => pending.reject(signal?.reason);
    const late = `its agent has not answered for ${formatMs(withinMs)}`;
    const timer = setTimeout(() => pending.reject(lostError(late)), withinMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#pending.set(id, pending);
    try {
      this.#input.write(`${JSON.stringify({ id, ...request })}\n`);
      const line = await pending.promise;
      if ('error' in line) throw failedError(line.error);
      return line.value;
    } finally {
      this.#pending.delete(id);
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the link; what is pending, and all that is sent later, fails with `DUALVIP_PROBE_LOST`. */
  close(reason: string): void {
    if (this.#lost) return;
    this.#lost = lostError(reason);
    for (const { reject } of this.#pending.values()) reject(this.#lost);
    this.#input.end();
  }

  #receive(text: string): void {
    let line: AnswerLine;
    try {
      line = answerLineSchema.parse(JSON.parse(text));
    } catch (error) {
      this.close(`its agent wrote "${text.slice(0, 80)}", which is no answer: ${messageOf(error)}`);
      return;
    }
    // Nobody waits any more for what was aborted.
    this.#pending.get(line.id)?.resolve(line);
  }
}

function lostError(reason: string): HarnessError {
  return new HarnessError('DUALVIP_PROBE_LOST', `the probe was lost: ${reason}`, {
    hint: "This says nothing about the network. See whether the probe's container still runs, and run again.",
  });
}

function failedError(reason: string): HarnessError {
  return new HarnessError('DUALVIP_PROBE_FAILED', `the probe could not do its work: ${reason}`, {
    hint: 'This says nothing about the network. The container needs NET_ADMIN, NET_RAW, iproute2, tcpdump and file descriptors. A cluster that an older version made has an older probe: dualvip down, then up.',
  });
}
