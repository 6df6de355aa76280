import { enableCompileCache } from 'node:module';
import path from 'node:path';

import { cacheFolder } from '../base/folders.ts';

// Before anything else is loaded: Node keeps what it has made of each TypeScript file, so that the next start
// strips no types. Most commands are short, and loading is the most of them.
enableCompileCache(path.join(cacheFolder(), 'node'));
const { main } = await import('./program.ts');

process.exitCode = await main(process.argv.slice(2));
