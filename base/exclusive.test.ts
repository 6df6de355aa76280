import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { exclusively } from './exclusive.ts';

const onWait = () => {};

it('lets one work after the other, and tells the one that waits', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'dualvip-lock-'));
  const log: string[] = [];
  const first = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  try {
    const one = exclusively({ folder, onWait: () => log.push('one waits') }, async () => {
      started.resolve();
      await first.promise;
      log.push('one');
    });
    await started.promise;
    const onSecondWait = () => {
      log.push('two waits');
      first.resolve();
    };
    const two = exclusively({ folder, onWait: onSecondWait }, () => Promise.resolve(log.push('two')));
    await Promise.all([one, two]);
    expect(log).toEqual(['two waits', 'one', 'two']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('gives the lock back when the work fails, and does not wait for an aborted one', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'dualvip-lock-'));
  try {
    const failing = exclusively({ folder, onWait }, () => Promise.reject(new Error('work failed')));
    await expect(failing).rejects.toThrow('work failed');
    await exclusively({ folder, onWait }, async () => {
      const signal = AbortSignal.abort(new Error('interrupted'));
      const second = exclusively({ folder, onWait, signal }, () => Promise.resolve());
      await expect(second).rejects.toThrow('interrupted');
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
