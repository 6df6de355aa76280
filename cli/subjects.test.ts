import { describe, expect, it } from 'vitest';

import { namesOf, subjectsOf } from './subjects.ts';

describe('namesOf', () => {
  it.each([
    ['metallb@0.16.1', ['metallb@0.16.1']],
    ['metallb@0.13.12,0.14.9', ['metallb@0.13.12', 'metallb@0.14.9']],
    [
      'metallb@0.14.9,v0.16.1,cilium,1.15.19',
      ['metallb@0.14.9', 'metallb@v0.16.1', 'cilium', 'cilium@1.15.19'],
    ],
    ['metallb@0.16.1/frr,0.15.2', ['metallb@0.16.1/frr', 'metallb@0.15.2']],
    ['metallb/frr,metallb/frr-k8s', ['metallb/frr', 'metallb/frr-k8s']],
    ['metallb@0.16.1, cilium@1.15.19', ['metallb@0.16.1', 'cilium@1.15.19']],
  ])('reads %s', (list, names) => {
    expect(namesOf(list)).toEqual(names);
  });

  it.each([
    ['0.16.1', '--implementation 0.16.1: 0.16.1 is a version of nothing'],
    ['metallb,', '--implementation metallb,: a part of the list is empty'],
    ['', '--implementation : a part of the list is empty'],
  ])('refuses %j', (list, message) => {
    expect(() => namesOf(list)).toThrow(message);
  });
});

const told = async (flags: Parameters<typeof subjectsOf>[0]) =>
  (await subjectsOf(flags)).map(
    ({ implementation: { name, version }, topology }) => `${name} ${version} ${topology}`,
  );

describe('subjectsOf', () => {
  it('tells modes of one version apart', async () => {
    const subjects = await subjectsOf({
      implementation: 'metallb@0.16.1,metallb/frr,metallb/native',
      topology: 'dual',
    });
    expect(subjects.map(({ implementation: { mode } }) => mode)).toEqual(['native', 'frr']);
  });

  it('is every implementation on every topology', async () => {
    expect(await told({ implementation: 'metallb@0.14.9,0.16.1', topology: 'dual,ipv6' })).toEqual([
      'metallb 0.14.9 dual',
      'metallb 0.14.9 ipv6',
      'metallb 0.16.1 dual',
      'metallb 0.16.1 ipv6',
    ]);
  });

  it('has each once', async () => {
    expect(await told({ implementation: 'metallb@0.16.1,metallb@v0.16.1', topology: 'dual,dual' })).toEqual([
      'metallb 0.16.1 dual',
    ]);
  });

  it('is what is pinned where nothing is asked for', async () => {
    expect(await told({ topology: 'dual' })).toEqual(
      expect.arrayContaining(['metallb 0.13.12 dual', 'metallb 0.16.1 dual']),
    );
  });

  it.each([
    [{ implementation: 'metallb@0.1.0', topology: 'dual' }, 'no implementation "metallb@0.1.0"'],
    [{ implementation: 'metallb', topology: 'daul' }, 'no topology "daul" (did you mean "dual"?)'],
    [{ implementation: 'metallb', topology: 'dual,' }, '--topology dual,: a part of the list is empty'],
  ])('refuses %j', async (flags, message) => {
    await expect(subjectsOf(flags)).rejects.toThrow(message);
  });
});
