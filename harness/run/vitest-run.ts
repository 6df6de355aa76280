import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';

import {
  BaseSequencer,
  createVitest,
  type Reporter,
  type TestCase,
  type TestSpecification,
} from 'vitest/node';

import { isDiskFull } from '../../base/disk-full.ts';
import { PROJECT_ROOT } from '../../base/folders.ts';
import { scenarioName } from '../scenario/name.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Handover } from './handover.ts';
import type { Hold } from './hold.ts';
import { VerdictFailure } from './verdict-failure.ts';
import { inProcessPool } from './in-process-pool.ts';
import { LANES } from './lanes.ts';
import { closeWorker } from './worker.ts';

/** Vitest's own options, as `dualvip run` takes them. */
export interface VitestOptions {
  /** A regular expression on `CLAIM ID: TITLE`. */
  testNamePattern?: string | undefined;
  /** As `1/3`. */
  shard?: string | undefined;
  retry?: number | undefined;
  bail?: number | undefined;
}

export interface LaneOptions {
  /** How many scenarios that may share the cluster run at once; default: `LANES`. */
  lanes?: number | undefined;
}

export interface VitestRunOptions extends VitestOptions, LaneOptions {
  scenarios: readonly Scenario[];
  handover: Handover;
  hold?: Hold | undefined;
  /** Called when a scenario has ended; filtered ones do not come. */
  onScenario: (id: string) => Promise<void>;
  signal: AbortSignal;
}

/** Runs the scenarios as Vitest tests, one after another. Gives the errors that belong to no scenario. */
export async function runVitest(options: VitestRunOptions): Promise<string[]> {
  const {
    scenarios,
    handover,
    onScenario,
    signal,
    testNamePattern,
    shard,
    retry,
    bail,
    lanes = LANES,
    hold,
  } = options;
  const files = await testFiles(scenarios, { folder: handover.folder, lanes });
  const vitest = await withoutSignalListeners(() =>
    createVitest(
      'test',
      {
        root: PROJECT_ROOT,
        config: false,
        watch: false,
        include: files,
        dir: commonFolder(files),
        reporters: [scenarioReporter(scenarios, { onScenario, onDiskFull: () => cancel() })],
        // Pools are cluster-wide, so scenarios take turns: one worker, which keeps its connections.
        pool: inProcessPool(closeWorker),
        isolate: false,
        // Node runs TypeScript itself: nothing is transformed or mocked, and the modules are loaded once.
        experimental: { viteModuleRunner: false, nodeLoader: false },
        disableConsoleIntercept: true,
        setupFiles: [path.join(import.meta.dirname, 'scenario-loader.ts')],
        maxWorkers: 1,
        fileParallelism: false,
        maxConcurrency: lanes,
        // Every wait has its own bound (base/timeouts.ts); this one is for a harness that hangs.
        // 0 is none: who walks from step to step takes their time.
        testTimeout: hold?.before ? 0 : 600_000 * handover.repeat.times,
        sequence: { sequencer: inOrder(files) },
        provide: { dualvip: handover },
        passWithNoTests: true,
        ...(testNamePattern === undefined ? {} : { testNamePattern }),
        ...(shard === undefined ? {} : { shard }),
        ...(retry === undefined ? {} : { retry }),
        ...(bail === undefined ? {} : { bail }),
      },
      { logLevel: 'error', clearScreen: false },
      { stdout: workerOutput(), stderr: workerOutput() },
    ),
  );
  const cancel = () => void vitest.cancelCurrentRun('keyboard-input');
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { unhandledErrors, testModules } = await vitest.start();
    // A file that cannot be loaded has no tests, and its error is its own.
    const ofModules = testModules.flatMap((module) => module.errors());
    // A scenario's own failure is in its record; what else a test ends with kept it from having one.
    const ofTests = testModules
      .flatMap((module) => [...module.children.allTests()])
      .flatMap((test) => test.result().errors ?? [])
      .filter(({ name }) => !signal.aborted && name !== VerdictFailure.name);
    return [...unhandledErrors, ...ofModules, ...ofTests].map(describeError);
  } finally {
    signal.removeEventListener('abort', cancel);
    await vitest.close();
    // Vitest sets it for failed tests; what the run's exit code is, the verdicts say.
    process.exitCode = 0;
  }
}

/**
 * Where a worker's output goes. Not `process.stdout` itself: a pipe that nobody reads any more would be unpiped
 * from the worker's, and Vitest waits for the end of that when it ends the worker.
 */
function workerOutput(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      process.stderr.write(chunk);
      done();
    },
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Vitest and Vite listen to these and end the process at once. Here a signal is the command line's: it aborts
 * the run, which then cleans up and writes its record.
 */
async function withoutSignalListeners<T>(work: () => Promise<T>): Promise<T> {
  const before = SIGNALS.map((signal) => new Set<unknown>(process.listeners(signal)));
  const result = await work();
  for (const [index, signal] of SIGNALS.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.has(listener)) process.off(signal, listener);
    }
  }
  return result;
}

/** The scenarios' own order, where Vitest would begin with the longest files. Sharding stays Vitest's. */
function inOrder(files: readonly string[]) {
  return class extends BaseSequencer {
    override sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      return Promise.resolve(
        specifications.toSorted((a, b) => files.indexOf(a.moduleId) - files.indexOf(b.moduleId)),
      );
    }
  };
}

/**
 * A file for each scenario that has the cluster to itself, then lists of those that run at the same time: as
 * many as there are lanes, so that what all of a list wait for (RestartGate) comes.
 */
async function testFiles(
  scenarios: readonly Scenario[],
  { folder, lanes }: { folder: string; lanes: number },
): Promise<string[]> {
  const alone = scenarios.filter(({ shared }) => !shared);
  const shared = scenarios.filter((scenario) => scenario.shared).map((scenario) => scenario.folder);
  const lists: string[] = [];
  for (let start = 0; start < shared.length; start += lanes) {
    const file = path.join(folder, `${String(lists.length + 1).padStart(3, '0')}.lanes.json`);
    await writeFile(file, JSON.stringify(shared.slice(start, start + lanes)));
    lists.push(file);
  }
  return [...alone.map((scenario) => path.join(scenario.folder, 'scenario.yaml')), ...lists];
}

function scenarioReporter(
  scenarios: readonly Scenario[],
  { onScenario, onDiskFull }: { onScenario: (id: string) => Promise<void>; onDiskFull: () => void },
): Reporter {
  const ids = new Map(scenarios.map((scenario) => [scenarioName(scenario), scenario.id]));
  return {
    async onTestCaseResult(test: TestCase) {
      // A test that the name pattern filtered out is skipped without a note.
      const { state, note, errors = [] } = { note: undefined, ...test.result() };
      if (state === 'skipped' && note === undefined) return;
      // The others would leave no word either.
      if (errors.some(isDiskFull)) onDiskFull();
      const id = ids.get(test.name);
      if (id !== undefined) await onScenario(id);
    },
  };
}

/** The deepest folder that all files are in, as Vitest looks for its files in one. */
function commonFolder(files: readonly string[]): string {
  const [first = [], ...others] = files.map((file) => path.dirname(file).split(path.sep));
  const differs = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return first.slice(0, differs === -1 ? first.length : differs).join(path.sep) || path.sep;
}

function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { name, message, stack } = error as { name?: string; message?: string; stack?: string };
  return stack || `${name ?? 'Error'}: ${message ?? ''}`;
}
