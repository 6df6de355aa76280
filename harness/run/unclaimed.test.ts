import { expect, it } from 'vitest';

import type { Check, Verdict } from '../../reports/record/record.ts';
import { judgedUnclaimed, notRun, same, unclaimedBy } from './unclaimed.ts';

const failed: Check = {
  step: 'assigned',
  subject: 'pair',
  ok: false,
  expected: '2 addresses',
  observed: 'no address',
};
const tried = (verdict: Verdict, more: { checks?: Check[]; reason?: string } = {}) => {
  const { checks = [], ...reason } = more;
  return judgedUnclaimed({ judgement: { ...same(verdict), checks }, ...reason }, 'cilium', ['auto-assign']);
};

it('names what is not claimed', () => {
  const implementation = { features: new Set(['l2']) };
  expect(unclaimedBy({ implementation }, { features: ['bgp', 'l2', 'events'] })).toEqual(['bgp', 'events']);
  expect(notRun('cilium', ['bgp', 'events'])).toEqual({
    judgement: same('unsupported'),
    reason: 'cilium does not claim bgp, events',
  });
});

it('calls it news where it passes all the same', () => {
  const { judgement, reason } = judgedUnclaimed(
    { judgement: { ...same('pass'), verdict: { pair: 'pass', IPv4: 'pass', IPv6: 'unsupported' } } },
    'cilium',
    ['auto-assign'],
  );
  expect(judgement.verdict).toEqual({
    pair: 'unexpected-pass',
    IPv4: 'unexpected-pass',
    IPv6: 'unsupported',
  });
  expect(reason).toBe('cilium does not claim auto-assign, and yet it passes');
});

it.each([
  ['fail', { checks: [failed] }, 'assigned: no address'],
  ['expected-fail', { checks: [failed] }, 'assigned: no address'],
  ['error', { reason: 'pool p cannot be expressed' }, 'pool p cannot be expressed'],
  ['inconclusive', {}, 'inconclusive'],
] as const)('takes %s for what is not claimed, and says what was seen', (verdict, more, seen) => {
  const checks = 'checks' in more ? { checks: [...more.checks] } : more;
  expect(tried(verdict, checks)).toEqual({
    judgement: same('unsupported'),
    reason: `cilium does not claim auto-assign (tried: ${seen})`,
  });
});
