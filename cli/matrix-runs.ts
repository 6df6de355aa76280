import pMap from 'p-map';

import { monotonicMs } from '../base/clock.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import type { FailedRun } from '../reports/matrix/merge.ts';
import { implementationTitle } from '../reports/record/implementation-name.ts';
import type { RunRecord } from '../reports/record/record.ts';
import type { CommandContext } from './context.ts';
import type { Subject } from './subjects.ts';

/** One run of a matrix that is to be made. */
export interface PlannedRun {
  subject: Subject;
  runId: string;
  /** From 1, in the order of the subjects. */
  position: number;
}

export interface RunAllOptions {
  subjects: readonly Subject[];
  /** How many at a time. */
  parallel: number;
  makeRunId: (now: Date) => string;
  /** Makes a run and gives its record, also when it was interrupted in the middle. */
  record: (planned: PlannedRun, context: CommandContext) => Promise<RunRecord>;
  /** Tells the user of a run that failed. */
  onFailure: (error: unknown) => void;
}

export interface AllRuns {
  runs: (RunRecord | FailedRun)[];
  /** Why not all of them ended. */
  interrupted?: string;
}

/** Makes every run. One that fails is no end for the others; after an interruption none is begun. */
export async function runAll(options: RunAllOptions, context: CommandContext): Promise<AllRuns> {
  const { subjects, parallel } = options;
  const { signal } = context;
  const runs = await pMap(subjects, (subject, index) => runOne(options, { subject, index }, context), {
    concurrency: parallel,
  });
  const made = runs.flat();
  if (!signal.aborted) return { runs: made };
  const ended = made.filter((run) => !('interrupted' in run && run.interrupted !== undefined)).length;
  return {
    runs: made,
    interrupted: `${messageOf(signal.reason)}, after ${ended} of ${subjects.length} runs`,
  };
}

async function runOne(
  { subjects, parallel, makeRunId, record, onFailure }: RunAllOptions,
  { subject, index }: { subject: Subject; index: number },
  context: CommandContext,
): Promise<(RunRecord | FailedRun)[]> {
  if (context.signal.aborted) return [];
  const { implementation, topology } = subject;
  const label = `${implementationTitle(implementation)} on ${topology}`;
  context.progress.note(`${label}: run ${index + 1} of ${subjects.length}`);
  const origin = monotonicMs();
  const runId = makeRunId(new Date());
  const own = { ...(parallel > 1 ? labelled(context, label) : context), origin };
  try {
    return [await record({ subject, runId, position: index + 1 }, own)];
  } catch (error) {
    // Interrupted before it had a record.
    if (context.signal.aborted) return [];
    onFailure(error);
    const code = error instanceof HarnessError ? error.code : 'bug';
    const durationMs = monotonicMs() - origin;
    return [{ run: runId, implementation, topology, durationMs, error: { code, message: messageOf(error) } }];
  }
}

/** What several runs tell at the same time is told apart. */
function labelled(context: CommandContext, label: string): CommandContext {
  const { progress, print } = context;
  const own: Progress = {
    step: (title, work) => progress.step(`${label}: ${title}`, work),
    note: (text) => progress.note(`${label}: ${text}`),
  };
  return { ...context, progress: own, print: (text) => print(`${label}: ${text}`) };
}
