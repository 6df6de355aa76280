import { describe, expect, it } from 'vitest';

import { HarnessError } from '../base/errors.ts';
import { silent } from '../base/progress.ts';
import { runWith } from '../reports/fixtures.ts';
import type { CommandContext } from './context.ts';
import { runAll, type PlannedRun, type RunAllOptions } from './matrix-runs.ts';
import type { Subject } from './subjects.ts';

const subjects = ['0.14.9', '0.15.2', '0.16.1'].map((version): Subject => ({
  implementation: { name: 'metallb', version, mode: 'native' },
  topology: 'dual',
}));

function setUp(record: RunAllOptions['record'], parallel = 1) {
  const controller = new AbortController();
  const told: string[] = [];
  const failures: unknown[] = [];
  const context: CommandContext = {
    signal: controller.signal,
    progress: { ...silent, note: (text) => told.push(text) },
    origin: 0,
    print: (text) => told.push(text),
  };
  let ids = 0;
  const makeRunId = () => `run-${(ids += 1)}`;
  const options = {
    subjects,
    parallel,
    makeRunId,
    record,
    onFailure: (error: unknown) => failures.push(error),
  };
  return { controller, told, failures, all: () => runAll(options, context) };
}

const recordOf = ({ runId }: PlannedRun) => runWith([], { id: runId });

describe('runAll', () => {
  it('makes one run after another, in the order of the subjects', async () => {
    let running = 0;
    const seen: string[] = [];
    const { all, told } = setUp(async (planned) => {
      running += 1;
      seen.push(`${planned.position} ${planned.subject.implementation.version}, ${running} at a time`);
      await Promise.resolve();
      running -= 1;
      return recordOf(planned);
    });
    expect((await all()).runs.map((run) => ('id' in run ? run.id : ''))).toEqual(['run-1', 'run-2', 'run-3']);
    expect(seen).toEqual(['1 0.14.9, 1 at a time', '2 0.15.2, 1 at a time', '3 0.16.1, 1 at a time']);
    expect(told).toEqual([
      'metallb 0.14.9 on dual: run 1 of 3',
      'metallb 0.15.2 on dual: run 2 of 3',
      'metallb 0.16.1 on dual: run 3 of 3',
    ]);
  });

  it('tells runs of the same time apart', async () => {
    const { all, told } = setUp(async (planned, { print }) => {
      print(`✓ scenario of ${planned.runId}`);
      return Promise.resolve(recordOf(planned));
    }, 2);
    await all();
    expect(told).toContain('metallb 0.15.2 on dual: ✓ scenario of run-2');
  });

  it('goes on after a run that failed', async () => {
    const broken = new HarnessError('DUALVIP_KIND_FAILED', 'no memory');
    const { all, failures } = setUp((planned) =>
      planned.position === 2 ? Promise.reject(broken) : Promise.resolve(recordOf(planned)),
    );
    const { runs, interrupted } = await all();
    expect(runs).toMatchObject([
      { id: 'run-1' },
      { run: 'run-2', topology: 'dual', error: { code: 'DUALVIP_KIND_FAILED', message: 'no memory' } },
      { id: 'run-3' },
    ]);
    expect(failures).toEqual([broken]);
    expect(interrupted).toBeUndefined();
  });

  it('keeps what an interruption left, and begins no other', async () => {
    const { all, controller, failures } = setUp((planned) => {
      if (planned.position === 1) return Promise.resolve(recordOf(planned));
      controller.abort(new Error('interrupted by SIGINT'));
      return Promise.resolve({ ...recordOf(planned), interrupted: 'after 3 of 16 scenarios' });
    });
    const { runs, interrupted } = await all();
    expect(runs).toMatchObject([{ id: 'run-1' }, { id: 'run-2', interrupted: 'after 3 of 16 scenarios' }]);
    expect(interrupted).toBe('interrupted by SIGINT, after 1 of 3 runs');
    expect(failures).toEqual([]);
  });

  it('takes an interruption for no failure', async () => {
    const { all, controller, failures } = setUp(() => {
      controller.abort(new Error('interrupted by SIGINT'));
      return Promise.reject(new Error('the cluster was not ready'));
    });
    expect(await all()).toEqual({ runs: [], interrupted: 'interrupted by SIGINT, after 0 of 3 runs' });
    expect(failures).toEqual([]);
  });
});
