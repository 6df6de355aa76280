import { describe, expect, it } from 'vitest';

import { READINESS_POOL as ciliumReadiness } from '../../clusters/implementations/cilium/serving.ts';
import { READINESS_POOL as metallbReadiness } from '../../clusters/implementations/metallb/serving.ts';
import { SENTINEL } from './lanes.ts';

describe('SENTINEL', () => {
  it('has no address of the pools by which an implementation is found to serve', () => {
    const own = SENTINEL.ranges.flatMap((range) => range.split('-'));
    const readiness = JSON.stringify([ciliumReadiness.spec, metallbReadiness.spec]);
    expect(own.filter((address) => readiness.includes(`"${address}`))).toEqual([]);
  });
});
