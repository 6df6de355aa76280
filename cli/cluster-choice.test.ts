import { describe, expect, it } from 'vitest';

import { differences, isFree } from './cluster-choice.ts';

const metallb = { name: 'metallb', version: '0.16.1', mode: 'native' };

describe('differences', () => {
  it.each([
    [{ topology: 'dual', implementation: metallb } as const, []],
    [{ topology: 'ipv6', implementation: metallb } as const, ['its topology is dual']],
    [
      { topology: 'dual', implementation: { ...metallb, version: '0.15.2' } } as const,
      ['it has metallb 0.16.1'],
    ],
  ])('from %j', (wanted, expected) => {
    expect(differences({ topology: 'dual', implementation: metallb }, wanted)).toEqual(expected);
  });
});

describe('isFree', () => {
  const stands = { kept: { by: 'r1', at: 'now', holds: 'r0#a' } };

  it.each([
    [undefined, {}, true],
    [{ kept: { by: 'r1', at: 'now' } }, {}, true],
    [stands, {}, false],
    [stands, { holds: 'r0#b' }, false],
    [stands, { holds: 'r0#a' }, true],
  ])('of %j for %j is %s', (state, wish, free) => {
    expect(isFree(state, { runId: 'r2', ...wish })).toBe(free);
  });
});
