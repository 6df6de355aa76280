import { afterEach, describe, expect, it, vi } from 'vitest';

import { silent } from '../base/progress.ts';
import { fakePrograms } from './fake-program.ts';
import { upstreamVersion } from './images/source/go-module.ts';
import { MODULES } from './images/source/modules.ts';
import { findKind } from './kind.ts';

const needed = (await upstreamVersion(MODULES.kind)).replace(/^v/, '');

afterEach(() => vi.unstubAllEnvs());

/** Looks for kind where there is no other program than these. */
async function findAmong(programs: Record<string, string>, signal = new AbortController().signal) {
  await using folder = await fakePrograms(programs);
  vi.stubEnv('PATH', folder.path);
  return await findKind(silent, signal);
}

describe('findKind', () => {
  it.each([needed, `v${needed}`, '99.0.0'])("takes the user's own of version %s", async (version) => {
    const script = `[ "$*" = "version --quiet" ] && echo ${version}`;
    expect(await findAmong({ kind: script })).toEqual({ file: 'kind', version: version.replace(/^v/, '') });
  });

  it.each([
    ['an old one', { kind: 'echo 0.20.0' }, 'kind 0.20.0 is too old'],
    ['none', {}, 'there is no kind'],
    ['one that fails', { kind: 'exit 1' }, 'there is no kind'],
    ['one that tells no version', { kind: 'echo unknown' }, 'there is no kind'],
  ])('needs Go to build it where there is %s', async (_, programs, found) => {
    await expect(findAmong(programs)).rejects.toMatchObject({
      code: 'DUALVIP_KIND_MISSING',
      message: `${found}, and it cannot be built here`,
      hint: `Install kind ${needed} or later (https://kind.sigs.k8s.io), or Go, with which it is built.`,
      cause: { code: 'DUALVIP_GO_MISSING' },
    });
  });

  it('does not take an abort for a missing program', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(findAmong({ kind: 'echo 99.0.0' }, signal)).rejects.toEqual(new Error('interrupted'));
  });
});
