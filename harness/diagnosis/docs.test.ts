import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { CAUSES } from '../../reports/record/diagnosis.ts';

it('docs/diagnosis.md has one row for each cause, and for nothing else', async () => {
  const text = await readFile(path.join(PROJECT_ROOT, 'docs/diagnosis.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z-]+)`/gm)].map(([, cause]) => cause ?? '');
  expect(rows).toHaveLength(CAUSES.length);
  expect(new Set(rows)).toEqual(new Set(CAUSES));
});
