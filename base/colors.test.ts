import { expect, it } from 'vitest';

import { hasColors } from './colors.ts';

it.each([
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  [{ FORCE_COLOR: '1' }, true],
  [{ FORCE_COLOR: '0' }, false],
  // Vitest's workers have pipes.
  [{ CI: 'true' }, false],
  [{}, false],
])('colours with %j: %s', (environment, expected) => {
  expect(hasColors('stderr', environment)).toBe(expected);
});
