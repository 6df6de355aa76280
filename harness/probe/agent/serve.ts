import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

import { monotonicMs } from '../../../base/clock.ts';
import type { AgentRequest, AnswerLine, Attempt, AttemptRequest, RequestLine } from '../protocol.ts';
import { attempt } from './attempt.ts';
import { Capture } from './capture.ts';
import { Streams } from './streams.ts';

/** Reading or changing a table of one small container; far more than it takes on a busy machine. */
const IP_TIMEOUT_MS = 10_000;

/** Answers the requests on `input`, all at once and each when it is done, until `input` ends. */
export async function serve(input: Readable, output: Writable): Promise<void> {
  const agent = new Agent();
  for await (const line of createInterface({ input })) void answer(agent, line, output);
}

async function answer(agent: Agent, line: string, output: Writable): Promise<void> {
  // Both ends come from one checkout, so the line is what its type says; zod is not in the image.
  const { id, ...request }: RequestLine = JSON.parse(line);
  let answerLine: AnswerLine;
  try {
    answerLine = { id, value: await agent.perform(request) };
  } catch (error) {
    answerLine = { id, error: error instanceof Error ? error.message : String(error) };
  }
  output.write(`${JSON.stringify(answerLine)}\n`);
}

class Agent {
  readonly #capture = new Capture();
  readonly #streams = new Streams();

  perform(request: AgentRequest): unknown {
    switch (request.kind) {
      case 'attempt':
        return attemptAndNeighbour(request);
      case 'ip':
        return ip(request.args);
      case 'clock':
        return monotonicMs();
      case 'capture':
        return this.#capture.start(request).then(() => null);
      case 'neighbours':
        return this.#capture.neighbours(request.after);
      case 'pcap':
        return this.#capture.file(request.from);
      case 'streams':
        return this.#streams.begin(request);
      default:
        return this.#streams.collect(request);
    }
  }
}

async function attemptAndNeighbour(request: AttemptRequest): Promise<Attempt> {
  const made = await attempt(request);
  if (!request.neighbour) return made;
  return { ...made, neighbours: await ip(['-json', 'neigh', 'show', 'to', request.address]) };
}

async function ip(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('ip', args, { timeout: IP_TIMEOUT_MS });
  return stdout;
}
