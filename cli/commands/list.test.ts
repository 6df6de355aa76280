import { describe, expect, it } from 'vitest';

import { ageText, keptText } from './list.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');

describe('ageText', () => {
  it.each([
    ['2026-11-25T11:55:10Z', '4 min'],
    ['2026-11-25T09:00:00Z', '3 h'],
    ['2026-11-23T11:00:00Z', '2 d'],
    ['', ''],
  ])('of %j is %j', (created, text) => {
    expect(ageText(created, NOW)).toBe(text);
  });
});

describe('keptText', () => {
  it.each([
    [undefined, ''],
    [{}, ''],
    [{ kept: { by: 'r1', at: 'now' } }, 'by run r1'],
    [{ kept: { by: 'r1', at: 'now', holds: 'r0#c2-dual-pool' } }, 'stands at r0#c2-dual-pool'],
  ])('of %j is %j', (state, text) => {
    expect(keptText(state)).toBe(text);
  });
});
