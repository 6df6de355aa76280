import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

import { run, succeeds } from '../../../base/command.ts';
import { cacheFolder } from '../../../base/folders.ts';
import { contentKey } from '../content-key.ts';
import { partialOf } from './partial.ts';

/** Compiles the sandbox's pause program, statically, once. */
export async function pauseBinary(source: string, signal: AbortSignal): Promise<string> {
  const target = path.join(
    cacheFolder(),
    'bin',
    `pause-${contentKey(await readFile(source), process.arch)}`,
    'pause',
  );
  if (await succeeds('test', ['-x', target], { signal })) return target;
  await mkdir(path.dirname(target), { recursive: true });
  const partial = partialOf(target);
  await run('gcc', ['-Os', '-Wall', '-static', '-DVERSION=module', '-o', partial, source], { signal });
  await rename(partial, target);
  return target;
}
