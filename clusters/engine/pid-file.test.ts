import { describe, expect, it } from 'vitest';

import { livingProcess, type Read } from './pid-file.ts';

function files(contents: Record<string, string>): Read {
  return (file) => Promise.resolve(contents[file]);
}

describe('livingProcess', () => {
  it.each([
    ['that program', '812\n', '812 (dockerd) S 1 812', 812],
    ['another program, after a reboot', '812\n', '812 (nginx) S 1 812', undefined],
    ['a zombie, which pid 1 does not reap', '812\n', '812 (dockerd) Z 1 812', undefined],
    ['nobody', '812\n', undefined, undefined],
    ['a program with parentheses in its name', '812\n', '812 (x) (dockerd) S 1', undefined],
    ['no number', 'none\n', '812 (dockerd) S 1', undefined],
    ['the number of no process', '0\n', '0 (dockerd) S 1', undefined],
  ])('the number in the file is that of %s', async (_name, pid, stat, expected) => {
    const read = files({ '/run/x.pid': pid, ...(stat === undefined ? {} : { '/proc/812/stat': stat }) });
    expect(await livingProcess('/run/x.pid', 'dockerd', read)).toBe(expected);
  });

  it('takes a missing file for a daemon that is not there', async () => {
    expect(await livingProcess('/run/x.pid', 'dockerd', files({}))).toBeUndefined();
  });
});
