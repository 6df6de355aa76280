import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';

import { monotonicMs } from '../../../base/clock.ts';
import type { AgentRequest, AnswerLine, Attempt, AttemptRequest, RequestLine } from '../protocol.ts';
import { attempt } from './attempt.ts';
import { Streams } from './streams.ts';

/** Reading or changing a table of one small container; far more than it takes on a busy machine. */
const IP_TIMEOUT_MS = 5_000;

/** Answers the requests on `input`, all at once and each when it is done, until `input` ends. */
export async function serve(input: Readable, output: Writable): Promise<void> {
  const streams = new Streams();
  for await (const line of createInterface({ input })) void answer(line, output, streams);
}

async function answer(line: string, output: Writable, streams: Streams): Promise<void> {
  // Both ends come from one checkout, so the line is what its type says; zod is not in the image.
  const { id, ...request }: RequestLine = JSON.parse(line);
  let answerLine: AnswerLine;
  try {
    answerLine = { id, value: await perform(request, streams) };
  } catch (error) {
    answerLine = { id, error: error instanceof Error ? error.message : String(error) };
  }
  output.write(`${JSON.stringify(answerLine)}\n`);
}

function perform(request: AgentRequest, streams: Streams): unknown {
  switch (request.kind) {
    case 'attempt':
      return attemptAndNeighbour(request);
    case 'ip':
      return ip(request.args);
    case 'clock':
      return monotonicMs();
    case 'streams':
      return streams.begin(request);
    default:
      return streams.collect(request);
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
