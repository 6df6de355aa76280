import { describe, expect, it } from 'vitest';

import { upstreamVersion } from '../images/source/go-module.ts';
import { DEFAULT_IMPLEMENTATION, findImplementation, knownImplementations } from './registry.ts';

describe('knownImplementations', () => {
  it('are those that have a module, oldest first', async () => {
    const known = await knownImplementations();
    expect(known).toContain(DEFAULT_IMPLEMENTATION);
    expect(known).toContain('metallb@0.13.12');
    const minors = known.map((name) => Number(/^metallb@0\.(\d+)\./.exec(name)?.[1]));
    expect(minors).toEqual(minors.toSorted((a, b) => a - b));
  });

  it('are each of the version that their module pins', async () => {
    for (const name of await knownImplementations()) {
      const { module, ref } = await findImplementation(name);
      expect(await upstreamVersion(module)).toBe(`v${ref.version}`);
    }
  });
});

describe('findImplementation', () => {
  it.each(['metallb@0.15.2', 'metallb@v0.15.2'])('finds %s', async (text) => {
    const { ref, images, module } = await findImplementation(text);
    expect(ref).toEqual({ name: 'metallb', version: '0.15.2', mode: 'native' });
    expect(module).toEqual({ name: 'metallb-0.15.2', upstream: 'go.universe.tf/metallb' });
    expect(images).toEqual([
      { reference: 'quay.io/metallb/controller:v0.15.2', tool: 'controller' },
      { reference: 'quay.io/metallb/speaker:v0.15.2', tool: 'speaker' },
    ]);
  });

  it('takes the default version where none is named', async () => {
    const { ref } = await findImplementation('metallb');
    expect(`${ref.name}@${ref.version}`).toBe(DEFAULT_IMPLEMENTATION);
  });

  it.each(['metallb@0.1.0', 'metallb@', 'metallb@0.15.2@x', 'cilium@1.0.0', 'MetalLB', ''])(
    'does not know "%s"',
    async (text) => {
      const known = (await knownImplementations()).join(', ');
      await expect(findImplementation(text)).rejects.toMatchObject({
        name: 'UsageError',
        code: 'DUALVIP_IMPLEMENTATION_UNKNOWN',
        message: `no implementation "${text}"`,
        hint: `Known: ${known}. A further version is a go.mod under clusters/images/source/modules/.`,
      });
    },
  );
});
