import { expect, it } from 'vitest';

import { bounded } from './bounded.ts';

it('leaves a text that is short enough', () => {
  expect(bounded('abcd', 4)).toBe('abcd');
});

it('keeps begin and end, and says how much is left out', () => {
  expect(bounded('abcdefgh', 4)).toBe('ab\n[4 characters are left out here; run.json has them]\ngh');
});

it('cuts no character in halves', () => {
  expect(bounded('a😀😀😀b', 4).isWellFormed()).toBe(true);
});
