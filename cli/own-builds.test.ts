import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { silent } from '../base/progress.ts';
import { OWN_BUILDS, withOwnBuilds } from './own-builds.ts';

const context = { signal: new AbortController().signal, progress: silent };

describe('withOwnBuilds', () => {
  it('leaves releases as they are', async () => {
    expect(await withOwnBuilds('metallb@0.14.9,0.16.1', 'list', context)).toBe('metallb@0.14.9,0.16.1');
    expect(await withOwnBuilds('metallb@0.16.1/frr', 'one', context)).toBe('metallb@0.16.1/frr');
  });

  it('looks at each of a list', async () => {
    await using empty = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-own-'));
    await expect(
      withOwnBuilds(`metallb@0.16.1, metallb/frr@path:${empty.path}`, 'list', context),
    ).rejects.toMatchObject({
      code: 'DUALVIP_CHECKOUT_INVALID',
      message: `${empty.path} is no checkout of MetalLB: it has no go.mod`,
    });
  });

  it.each(['bisect', 'diagnose'])('%s takes none, and says what does', async (command) => {
    const takes = OWN_BUILDS[command] ?? 'one';
    await expect(withOwnBuilds('metallb@path:../metallb', takes, context)).rejects.toMatchObject({
      exitCode: 64,
      code: 'DUALVIP_CHECKOUT_REFUSED',
      message: '--implementation metallb@path:../metallb: this command takes no checkout',
    });
  });
});
