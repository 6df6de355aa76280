import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Fault, PlacedFault } from './fault.ts';
import { fakePlace } from './fake-place.ts';
import { Faults } from './faults.ts';
import { FaultJournal } from './journal.ts';

const LINK: PlacedFault = { name: 'link-down', node: 'demo-worker' };
const PAUSE: PlacedFault = { name: 'node-paused', node: 'demo-worker2' };
const signal = new AbortController().signal;

/** Faults that note what is done, and fail at what they are told to. */
class Recorder {
  readonly done: string[] = [];
  readonly failing = new Set<string>();
  readonly journal = new FaultJournal('demo');

  faults(): Faults {
    const { place } = fakePlace(() => undefined);
    return new Faults({ place, journal: this.journal, make: (_place, fault) => this.#fault(fault) });
  }

  #fault({ name }: PlacedFault): Fault {
    const note = async (what: string) => {
      const ids = (await this.journal.entries()).map(({ id }) => id);
      this.done.push(`${what} ${name} [${ids.join()}]`);
      if (this.failing.has(`${what} ${name}`)) throw new Error(`${what} went wrong`);
    };
    return {
      outlivesNodes: name === 'link-down',
      prepare: async () => {
        await note('prepare');
        return {
          make: () => note('make'),
          effect: async () => {
            await note('effect');
            return 'silence';
          },
          close: () => note('close'),
        };
      },
      undo: () => note('undo'),
      recovered: async () => {
        await note('recovered');
        return 'all is well';
      },
    };
  }
}

describe('Faults', () => {
  let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
  let recorder: Recorder;

  beforeEach(async () => {
    folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-faults-'));
    vi.stubEnv('DUALVIP_STATE_DIR', folder.path);
    recorder = new Recorder();
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await folder.remove();
  });

  const inject = (fault: PlacedFault, id: string) =>
    recorder.faults().inject(fault, { id, run: 'r', signal });

  it('is in the journal before it is made, and out of it when all is as before', async () => {
    const faults = recorder.faults();
    const made = await faults.inject(LINK, { id: 'a/broken', run: 'r', signal });
    expect(made.effect).toBe('silence');
    expect(made.at).toBeLessThanOrEqual(made.madeAt);
    expect(made.madeAt).toBeLessThanOrEqual(made.endedAt);
    const healed = await faults.heal('a/broken');
    expect(healed).toMatchObject({ effect: 'all is well', entry: { id: 'a/broken', run: 'r', fault: LINK } });
    expect(recorder.done).toEqual([
      'prepare link-down []',
      'make link-down [a/broken]',
      'effect link-down [a/broken]',
      'close link-down [a/broken]',
      'undo link-down [a/broken]',
      'recovered link-down [a/broken]',
    ]);
    expect(await faults.active()).toEqual([]);
  });

  it('heals nothing twice', async () => {
    await inject(LINK, 'a/broken');
    await recorder.faults().heal('a/broken');
    const { length } = recorder.done;
    expect(await recorder.faults().heal('a/broken')).toBeUndefined();
    expect(recorder.done).toHaveLength(length);
  });

  it('heals no more, and waits for nothing, when who would heal has ended', async () => {
    await inject(LINK, 'a/broken');
    const end = new AbortController();
    const { place } = fakePlace(() => undefined);
    const begun = Promise.withResolvers<void>();
    const fault: Fault = {
      outlivesNodes: false,
      prepare: () => Promise.reject(new Error('not asked for')),
      undo: () => Promise.resolve(),
      recovered(bound) {
        begun.resolve();
        return new Promise((_resolve, reject) => {
          bound.addEventListener('abort', () => reject(bound.reason));
        });
      },
    };
    const faults = new Faults({ place, journal: recorder.journal, make: () => fault, ended: end.signal });
    const healing = faults.heal('a/broken');
    await begun.promise;
    end.abort(new Error('the worker has ended'));
    await expect(healing).rejects.toMatchObject({
      code: 'DUALVIP_FAULT_NOT_HEALED',
      message: 'link-down of demo-worker did not heal: the worker has ended',
    });
    // Whoever comes next heals it.
    expect(await faults.active()).toMatchObject([{ id: 'a/broken' }]);
    await recorder.faults().heal('a/broken');
    expect(await faults.active()).toEqual([]);
  });

  it('makes none that is there already', async () => {
    await inject(LINK, 'a/broken');
    await expect(inject(LINK, 'a/again')).rejects.toMatchObject({
      code: 'DUALVIP_FAULT_TWICE',
      message: 'link-down of demo-worker is there already',
    });
    expect(recorder.done.filter((line) => line.startsWith('make'))).toHaveLength(1);
  });

  it.each(['make', 'effect'])('is healed also where its %s went wrong', async (what) => {
    recorder.failing.add(`${what} link-down`);
    await expect(inject(LINK, 'a/broken')).rejects.toMatchObject({
      code: 'DUALVIP_FAULT_EFFECT',
      message: `link-down of demo-worker had not its effect: ${what} went wrong`,
    });
    expect(recorder.done.at(-1)).toBe('close link-down [a/broken]');
    await recorder.faults().healAll();
    expect(await recorder.journal.entries()).toEqual([]);
    expect(recorder.done.slice(-2)).toEqual(['undo link-down [a/broken]', 'recovered link-down [a/broken]']);
  });

  it('is in no journal where it could not be prepared, as it was not made then', async () => {
    recorder.failing.add('prepare link-down');
    await expect(inject(LINK, 'a/broken')).rejects.toThrow('prepare went wrong');
    expect(await recorder.journal.entries()).toEqual([]);
  });

  it('another process heals all of a journal, the last one first, and says what', async () => {
    await inject(LINK, 'a/1');
    await inject(PAUSE, 'a/2');
    recorder.done.length = 0;
    const healed: string[] = [];
    await recorder.faults().healAll({ onHealed: ({ entry }) => healed.push(entry.id) });
    expect(healed).toEqual(['a/2', 'a/1']);
    expect(recorder.done).toEqual([
      'undo node-paused [a/1,a/2]',
      'recovered node-paused [a/1,a/2]',
      'undo link-down [a/1]',
      'recovered link-down [a/1]',
    ]);
  });

  it('one that does not heal stays in the journal and keeps no other from it', async () => {
    await inject(LINK, 'a/1');
    await inject(PAUSE, 'a/2');
    recorder.failing.add('recovered node-paused');
    await expect(recorder.faults().healAll()).rejects.toMatchObject({
      code: 'DUALVIP_FAULT_NOT_HEALED',
      message: 'node-paused of demo-worker2 did not heal: recovered went wrong',
      hint: 'The next run on cluster demo tries again; dualvip down demo removes it.',
    });
    expect((await recorder.journal.entries()).map(({ id }) => id)).toEqual(['a/2']);
    recorder.failing.clear();
    await recorder.faults().healAll();
    expect(await recorder.journal.entries()).toEqual([]);
  });

  it('undoes twice after an interruption, as what had been asked for may still come', async () => {
    await inject(LINK, 'a/1');
    recorder.done.length = 0;
    await recorder.faults().healAll({ twice: true });
    expect(recorder.done).toEqual([
      'undo link-down [a/1]',
      'undo link-down [a/1]',
      'recovered link-down [a/1]',
    ]);
  });

  it('before a removal, undoes what would outlive the nodes, and waits for nothing', async () => {
    await inject(LINK, 'a/1');
    await inject(PAUSE, 'a/2');
    recorder.done.length = 0;
    recorder.failing.add('undo link-down');
    const entries = await recorder.faults().undoBeforeRemoval(signal);
    expect(entries.map(({ id }) => id)).toEqual(['a/2', 'a/1']);
    expect(recorder.done).toEqual(['undo link-down [a/1,a/2]']);
  });

  it('ends with the signal’s reason, and leaves the healing to who ends the run', async () => {
    const controller = new AbortController();
    controller.abort(new Error('interrupted'));
    await expect(
      recorder.faults().inject(LINK, { id: 'a/1', run: 'r', signal: controller.signal }),
    ).rejects.toThrow('interrupted');
    expect(await recorder.journal.entries()).toEqual([]);
  });
});
