import { describe, expect, it } from 'vitest';

import type { Case } from './case.ts';
import { claimOf } from './claim.ts';
import { expectedOf } from './outcome.ts';

const CASE: Case = {
  topology: 'dual',
  policy: 'PreferDualStack',
  families: 'v4-v6',
  shape: 'one-dual',
  operation: 'create',
};

describe('claimOf', () => {
  it.each<[string | undefined, Partial<Case>]>([
    ['C1', { policy: 'SingleStack', families: 'v6' }],
    ['C2', {}],
    ['C3', { shape: 'ipv6-full' }],
    ['C4', { policy: 'RequireDualStack' }],
    ['C5', { policy: 'RequireDualStack', shape: 'ipv4-only' }],
    ['C6', { shape: 'separate' }],
    ['C6', { policy: 'RequireDualStack', shape: 'separate' }],
    ['C12', { policy: 'SingleStack', families: 'v4', operation: 'to-prefer' }],
    ['C2', { policy: 'RequireDualStack', operation: 'to-prefer' }],
    ['C13', { shape: 'ipv4-only', operation: 'add-pool' }],
    ['C14', { policy: 'RequireDualStack', shape: 'none', operation: 'add-pool' }],
    ['C1', { operation: 'to-single' }],
    ['C3', { shape: 'separate', operation: 'remove-pool' }],
    [undefined, { policy: 'SingleStack' }],
    [undefined, { operation: 'swap-primary' }],
  ])('%s for %o', (claim, changes) => {
    const one = { ...CASE, ...changes };
    expect(claimOf(one, expectedOf(one))).toBe(claim);
  });
});
