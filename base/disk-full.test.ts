import { expect, it } from 'vitest';

import { diskFullError, isDiskFull } from './disk-full.ts';

it.each([
  [Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }), true],
  ['cleaning up: EDQUOT: disk quota exceeded, open', true],
  [{ name: 'Error', message: 'ENOSPC: no space left on device, mkdir' }, true],
  [new Error('EACCES: permission denied, open'), false],
  [undefined, false],
])('%s is for want of room: %s', (error, isSo) => {
  expect(isDiskFull(error)).toBe(isSo);
});

it('is told with what to do', () => {
  expect(diskFullError('/reports', new Error('x'))).toMatchObject({
    code: 'DUALVIP_DISK_FULL',
    message: 'there is no room left for the run in /reports',
    exitCode: 2,
  });
});
