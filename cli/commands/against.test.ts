import { expect, it } from 'vitest';

import { silent } from '../../base/progress.ts';
import type { CommandContext } from '../context.ts';
import { runAgainst } from './against.ts';
import type { RunFlags } from '../asked-run.ts';

const context: CommandContext = {
  signal: new AbortController().signal,
  progress: silent,
  origin: 0,
  print: () => {},
};
const flags: RunFlags = {
  implementation: 'metallb@0.15.2',
  topology: 'dual',
  workers: 2,
  images: 'auto',
  yes: false,
  all: false,
  reports: 'reports/runs',
};

it('compares no two releases', async () => {
  await expect(runAgainst({ ...flags, against: '0.16.1' }, context)).rejects.toMatchObject({
    exitCode: 64,
    code: 'DUALVIP_AGAINST_INVALID',
    message: '--against is for a checkout, and metallb 0.15.2 is a release',
    hint: 'Releases, side by side: dualvip matrix --implementation metallb@0.15.2,0.16.1.',
  });
});
