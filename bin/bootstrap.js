// Brings the dependencies, Node 26 among them. Runs before anything is installed, on whatever Node there is:
// so plain JavaScript, and nothing but what Node 18 has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const stamp = path.join(modules, '.dualvip-lock');

/** Installs what package-lock.json names, unless exactly that is there already. */
export function bootstrap() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  const wanted = `${lock} ${process.platform} ${process.arch}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(nodeProgram())) return;
  process.stderr.write('… installing dependencies (once)\n');
  const start = Date.now();
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // npm's own output is of no use to who reads ours, and may be JSON.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0 || !existsSync(nodeProgram())) {
    process.stderr.write(
      'error: the dependencies could not be installed\n' +
        'hint: is the npm registry reachable, and is there disk space? `npm ci` tells more.\n',
    );
    process.exit(2);
  }
  writeFileSync(stamp, wanted);
  process.stderr.write(`✓ installed dependencies ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

/** The Node that everything runs on. */
export function nodeProgram() {
  return path.join(modules, '.bin', 'node');
}

/** What runs the command line; as in package.json's start, which cannot share it. Measured: 340 to 230 MB. */
export function mainCommand() {
  return ['--max-semi-space-size=1', '--optimize-for-size', path.join(root, 'cli', 'main.ts')];
}

/**
 * What it runs with, unless the user says otherwise; as in package.json's start. One arena, since freed memory of
 * each stays with it (measured: 15 MB less). What TypeScript comes to is kept, so that what strips it of types is
 * not loaded again (20 MB less, and a faster start).
 */
export function mainEnvironment() {
  return {
    MALLOC_ARENA_MAX: '1',
    NODE_COMPILE_CACHE: path.join(modules, '.cache', 'dualvip'),
    ...process.env,
  };
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) bootstrap();
