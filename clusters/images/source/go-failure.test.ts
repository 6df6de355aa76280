import { describe, expect, it } from 'vitest';

import { run } from '../../../base/command.ts';
import { firstGoLines } from './go-failure.ts';

const failing = (script: string) => run('sh', ['-c', `${script}; exit 1`]).catch((error: unknown) => error);

describe('firstGoLines', () => {
  it('are the compiler’s, without the packages that -v names', async () => {
    const error = await failing(
      [
        'echo go.universe.tf/metallb/internal/ipfamily >&2',
        'echo "# go.universe.tf/metallb/internal/allocator" >&2',
        'echo "internal/allocator/allocator.go:10:2: undefined: x" >&2',
      ].join('; '),
    );
    expect(firstGoLines(error)).toBe('  internal/allocator/allocator.go:10:2: undefined: x');
  });

  it('are the first twelve', async () => {
    const error = await failing('for i in $(seq 1 15); do echo "a.go:$i:1: wrong" >&2; done');
    const lines = firstGoLines(error).split('\n');
    expect(lines).toHaveLength(13);
    expect(lines[0]).toBe('  a.go:1:1: wrong');
    expect(lines.slice(-2)).toEqual(['  a.go:12:1: wrong', '  and 3 lines more']);
  });

  it('are the message of what is no program’s failure', () => {
    expect(firstGoLines(new Error('no'))).toBe('  no');
  });
});
