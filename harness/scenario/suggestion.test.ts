import { describe, expect, it } from 'vitest';

import { suggestionFor } from './suggestion.ts';

describe('suggestionFor', () => {
  it.each([
    ['aply', 'apply'],
    ['ipv6-pol', 'ipv6-pool'],
    ['ipv4', 'IPv4'],
    ['wbe', 'web'],
    ['unreachble', 'unreachable'],
  ])('takes %s for %s', (word, meant) => {
    const candidates = ['apply', 'ipv4-pool', 'ipv6-pool', 'IPv4', 'IPv6', 'reachable', 'unreachable', 'web'];
    expect(suggestionFor(word, candidates)).toBe(meant);
  });

  it('is silent where nothing is near', () => {
    expect(suggestionFor('wait', ['apply', 'expect', 'probe'])).toBeUndefined();
    expect(suggestionFor('apply', [])).toBeUndefined();
  });
});
