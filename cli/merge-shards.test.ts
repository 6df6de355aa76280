import { chmod, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { run } from '../base/command.ts';
import { PROJECT_ROOT } from '../base/folders.ts';

/** In the place of npx: notes how it was called, and writes the record of a run that is red. */
const NPX = `#!/bin/sh
echo "$*" >> "$LOG"
for last; do :; done
case "$*" in *' report merge '*) mkdir -p "$last"; echo '{}' > "$last/run.json"; exit 1 ;; esac
`;

async function merged(records: readonly string[]): Promise<string[]> {
  await using place = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-shards-'));
  const file = (name: string) => path.join(place.path, name);
  await writeFile(file('npx'), NPX);
  await chmod(file('npx'), 0o755);
  await mkdir(file('shards'));
  for (const record of records) {
    await mkdir(path.dirname(file(`shards/${record}`)), { recursive: true });
    await writeFile(file(`shards/${record}`), '{}');
  }
  const env = { ...process.env, PATH: `${place.path}:${process.env['PATH']}`, LOG: file('log') };
  await run(path.join(PROJECT_ROOT, '.github/merge-shards'), ['shards', 'merged'], { cwd: place.path, env });
  return (await readFile(file('log'), 'utf8')).trimEnd().split('\n');
}

describe('merge-shards', () => {
  it('makes one run of each subject, and one report of all, also where runs are red', async () => {
    const calls = await merged([
      'run-metallb-0.16.1-dual-1/r1/run.json',
      'run-metallb-0.16.1-dual-2/r2/run.json',
      'run-metallb-0.16.1-dual-v6-primary-1/r3/run.json',
      // A shard whose machine failed.
      'run-metallb-0.16.1-dual-v6-primary-2/r4/junit.xml',
    ]);
    expect(calls).toEqual([
      'dualvip report merge shards/run-metallb-0.16.1-dual-1/r1/run.json shards/run-metallb-0.16.1-dual-2/r2/run.json --output merged/metallb-0.16.1-dual',
      'dualvip report merge shards/run-metallb-0.16.1-dual-v6-primary-1/r3/run.json --output merged/metallb-0.16.1-dual-v6-primary',
      'dualvip report html merged/metallb-0.16.1-dual-v6-primary/run.json merged/metallb-0.16.1-dual/run.json --output merged/report.html',
    ]);
  });

  it('fails where no shard gave a record', async () => {
    await expect(merged(['run-a-1/r1/junit.xml'])).rejects.toThrow('no shard gave a record');
  });
});
