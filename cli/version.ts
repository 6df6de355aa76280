import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { PROJECT_ROOT } from '../base/folders.ts';

export async function harnessVersion(): Promise<string> {
  const text = await readFile(path.join(PROJECT_ROOT, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
