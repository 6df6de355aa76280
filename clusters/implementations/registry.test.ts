import semver from 'semver';
import { describe, expect, it } from 'vitest';

import { upstreamVersion } from '../images/source/go-module.ts';
import { DEFAULT_IMPLEMENTATION, findImplementation, knownImplementations, knownModes } from './registry.ts';

describe('knownImplementations', () => {
  it('are those that have a module', async () => {
    const known = await knownImplementations();
    expect(known).toContain(DEFAULT_IMPLEMENTATION);
    expect(known).toContain('metallb@0.13.12');
    expect(known).toContain('cilium@1.15.19');
    expect(new Set(known).size).toBe(known.length);
  });

  it.each(['metallb', 'cilium'])('are the versions of %s from old to new', async (name) => {
    const known = await knownImplementations();
    const versions = known.flatMap((one) => (one.startsWith(`${name}@`) ? [one.slice(name.length + 1)] : []));
    expect(versions.length).toBeGreaterThan(0);
    expect(versions).toEqual(versions.toSorted(semver.compare));
  });

  it('are each of the version that their module pins', async () => {
    for (const name of await knownImplementations()) {
      const { module, ref } = await findImplementation(name);
      expect(await upstreamVersion(module)).toBe(`v${ref.version}`);
      expect(`${ref.name}@${ref.version}`).toBe(name);
    }
  });
});

describe('knownModes', () => {
  it('are the same, and other modes right after their version', async () => {
    const modes = await knownModes();
    expect(modes.filter((one) => !one.includes('/'))).toEqual(await knownImplementations());
    const at = modes.indexOf('metallb@0.16.1');
    expect(modes.slice(at, at + 3)).toEqual([
      'metallb@0.16.1',
      'metallb@0.16.1/frr',
      'metallb@0.16.1/frr-k8s',
    ]);
  });

  it('can each be found', async () => {
    for (const text of await knownModes()) {
      const { name, version, mode } = (await findImplementation(text)).ref;
      expect([`${name}@${version}`, `${name}@${version}/${mode}`]).toContain(text);
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

  it('finds the mode with FRR, and what it takes beside MetalLB', async () => {
    const { ref, images, module, furtherModules } = await findImplementation('metallb@0.16.1/frr');
    const tools = { name: 'frr-tools-0.16.1', upstream: 'go.universe.tf/metallb' };
    expect(ref).toEqual({ name: 'metallb', version: '0.16.1', mode: 'frr' });
    expect(furtherModules).toEqual([tools]);
    expect(images).toEqual([
      { reference: 'quay.io/metallb/controller:v0.16.1', tool: 'controller' },
      {
        reference: 'quay.io/metallb/speaker:v0.16.1',
        tool: 'speaker',
        also: {
          '/cp-tool': { module: tools, tool: 'cp-tool' },
          '/frr-metrics': { module: tools, tool: 'metrics' },
          '/frr-reloader.sh': { module, file: 'frr-tools/reloader/frr-reloader.sh' },
        },
      },
      { reference: 'quay.io/frrouting/frr:10.5.3', base: 'frr' },
    ]);
  });

  it('finds the mode with FRR-K8s, whose image has a shell', async () => {
    const { ref, images, furtherModules } = await findImplementation('metallb/frr-k8s');
    expect(ref).toEqual({ name: 'metallb', version: '0.16.1', mode: 'frr-k8s' });
    expect(furtherModules).toEqual([{ name: 'frr-k8s-0.0.25', upstream: 'github.com/metallb/frr-k8s' }]);
    expect(images.map(({ reference, base, tool }) => [reference, base, tool])).toEqual([
      ['quay.io/metallb/controller:v0.16.1', undefined, 'controller'],
      ['quay.io/metallb/speaker:v0.16.1', undefined, 'speaker'],
      ['quay.io/metallb/frr-k8s:v0.0.25', 'frr', undefined],
      ['quay.io/frrouting/frr:10.4.3', 'frr', undefined],
    ]);
  });

  it('takes the first mode where none is named, by name as well', async () => {
    expect((await findImplementation('metallb@0.16.1/native')).ref).toEqual(
      (await findImplementation('metallb')).ref,
    );
    expect((await findImplementation('cilium/lb-ipam')).ref).toEqual(
      (await findImplementation('cilium')).ref,
    );
  });

  it('finds cilium@1.15.19', async () => {
    const { ref, images, module } = await findImplementation('cilium@1.15.19');
    expect(ref).toEqual({ name: 'cilium', version: '1.15.19', mode: 'lb-ipam' });
    expect(module).toMatchObject({ name: 'cilium-1.15.19', tags: ['ipam_provider_operator'] });
    expect(images).toEqual([
      {
        reference: 'quay.io/cilium/operator-generic:v1.15.19',
        tool: 'operator',
        path: '/usr/bin/cilium-operator-generic',
      },
    ]);
  });

  it.each([
    ['metallb', DEFAULT_IMPLEMENTATION],
    ['cilium', 'cilium@1.15.19'],
  ])('takes the default version of %s where none is named', async (name, found) => {
    const { ref } = await findImplementation(name);
    expect(`${ref.name}@${ref.version}`).toBe(found);
  });

  it.each([
    ...['metallb@0.1.0', 'metallb@', 'metallb@0.15.2@x', 'cilium@1.0.0', 'cilium@0.15.2', 'cilium@'],
    ...['MetalLB', 'constructor', 'constructor@', ''],
    ...[
      'metallb@0.15.2/frr',
      'metallb/',
      'metallb/none',
      'metallb/frr/x',
      'metallb/frr@0.16.1',
      'cilium/native',
    ],
  ])('does not know "%s"', async (text) => {
    const known = (await knownModes()).join(', ');
    await expect(findImplementation(text)).rejects.toMatchObject({
      name: 'UsageError',
      code: 'DUALVIP_IMPLEMENTATION_UNKNOWN',
      message: `no implementation "${text}"`,
      hint: `Known: ${known}. A further version is a go.mod under clusters/images/source/modules/.`,
    });
  });
});
