import { serve } from './serve.ts';

await serve(process.stdin, process.stdout);
// The harness is gone: attempts that are under way have nobody to answer to.
process.exit(0);
