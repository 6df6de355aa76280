import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { run } from '../base/command.ts';
import { silent } from '../base/progress.ts';
import { NODE_SYSTEM, rootfsArchive } from '../clusters/images/source/debian.ts';
import { buildTools, goContext } from '../clusters/images/source/go-module.ts';
import { MODULES } from '../clusters/images/source/modules.ts';
import { removeStalePartials } from '../clusters/images/source/partial.ts';
import { findKind } from '../clusters/kind.ts';

/** The source build as on a machine that has never seen it: an empty cache folder. */
const { signal } = new AbortController();
let prefix: string;

beforeAll(async () => {
  prefix = await mkdtemp(path.join(tmpdir(), 'dualvip-prefix-'));
  vi.stubEnv('DUALVIP_CACHE_DIR', prefix);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(prefix, { recursive: true });
});

it('builds kind, and what was killed half-way goes on and leaves nothing half-made', async () => {
  const script = `
    import { buildTools, goContext } from ${JSON.stringify(import.meta.resolve('../clusters/images/source/go-module.ts'))};
    import { MODULES } from ${JSON.stringify(import.meta.resolve('../clusters/images/source/modules.ts'))};
    await buildTools(MODULES.cni, await goContext(new AbortController().signal), () => {});
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, DUALVIP_CACHE_DIR: prefix },
    stdio: 'ignore',
  });
  const bin = path.join(prefix, 'bin');
  await vi.waitFor(async () => expect(await readdir(bin)).toHaveLength(1), { timeout: 250_000, interval: 5 });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await readdir(bin)).toEqual([expect.stringMatching(/\.partial-\d+$/)]);

  expect(await removeStalePartials(bin)).toHaveLength(1);
  const folder = await buildTools(MODULES.cni, await goContext(signal));
  expect((await readdir(folder)).sort()).toEqual(['host-local', 'loopback', 'portmap', 'ptp']);
  expect(await readdir(bin)).toEqual([path.basename(folder)]);

  const kind = await findKind(silent, signal);
  expect(await run(kind.file, ['version', '--quiet'])).toBe(kind.version);
});

it('makes the Debian file system with what nodes and probe need, once', async () => {
  const { archive } = await rootfsArchive(NODE_SYSTEM, signal, () => {});
  const files = (await run('tar', ['--list', '--file', archive])).split('\n');
  for (const file of ['./usr/sbin/nft', './usr/bin/systemctl', './usr/bin/busybox', './usr/sbin/runc']) {
    expect(files).toContain(file);
  }
  expect(await readdir(path.dirname(archive))).toEqual([path.basename(archive)]);
  const details: string[] = [];
  await rootfsArchive(NODE_SYSTEM, signal, (text) => details.push(text));
  expect(details).toEqual(['cached']);
  await access(archive);
});
