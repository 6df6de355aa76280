import { expect, it } from 'vitest';

import { parseInstallation } from './installation.ts';

it.each([
  [undefined, 'none'],
  ['{"state":"unfinished"}\n', 'unfinished'],
  ['{"state":"finished"}\n', 'finished'],
  ['', 'unfinished'],
  ['{"state":"gone"}', 'unfinished'],
])('reads %j as %s', (text, expected) => {
  expect(parseInstallation(text)).toBe(expected);
});
