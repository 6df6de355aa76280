import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { INVARIANTS } from './invariants.ts';

it('docs/invariants.md has one row for each invariant, in its words, and for nothing else', async () => {
  const text = await readFile(path.join(PROJECT_ROOT, 'docs/invariants.md'), 'utf8');
  // The tables of nudges and of counters come below.
  const [list = ''] = text.split(/^## /m);
  const rows = [...list.matchAll(/^\| `([a-z-]+)` +\| (.+?) +\|/gm)].map(([, name, holds]) => [name, holds]);
  expect(rows).toEqual(Object.entries(INVARIANTS));
});
