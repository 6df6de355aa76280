import { describe, expect, it } from 'vitest';

import { nodeLoad, parseLoad } from './node-load.ts';

describe('parseLoad', () => {
  it.each([
    ['440.5MiB / 23.43GiB\t12.50%', 461_897_728, 0.125],
    ['1.5GiB / 23.43GiB\t150.00%', 1_610_612_736, 1.5],
    ['0B / 0B\t0.00%', 0, 0],
    ['-- / --\t--', 0, 0],
  ])('%j', (line, memoryBytes, processors) => {
    expect(parseLoad(line)).toEqual({ memoryBytes, processors });
  });
});

describe('nodeLoad', () => {
  it('is the sum over the nodes', async () => {
    const docker = { lines: () => Promise.resolve(['1GiB / 2GiB\t50%', '512MiB / 2GiB\t25%']) };
    expect(await nodeLoad(docker, ['a', 'b'])).toEqual({ memoryBytes: 1.5 * 1024 ** 3, processors: 0.75 });
  });

  it('asks nothing of a cluster without nodes', async () => {
    const docker = { lines: () => Promise.reject(new Error('asked')) };
    expect(await nodeLoad(docker, [])).toEqual({ memoryBytes: 0, processors: 0 });
  });
});
