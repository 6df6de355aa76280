import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { FAULT_NAMES } from './fault.ts';

it('docs/faults.md has a row for every fault', async () => {
  const text = await readFile(path.join(PROJECT_ROOT, 'docs', 'faults.md'), 'utf8');
  const [, table = ''] = text.split('| fault ');
  const rows = table.slice(0, table.indexOf('\n\n')).matchAll(/^\| `([\w-]+)`/gm);
  expect([...rows].map(([, name]) => name)).toEqual([...FAULT_NAMES]);
});
