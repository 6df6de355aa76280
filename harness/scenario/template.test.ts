import { describe, expect, it } from 'vitest';

import { parseAddress } from '../../base/addresses.ts';
import { placeholderProblem, placeholdersIn, render, renderValue, variablesOf } from './template.ts';

const VARIABLES = variablesOf({
  ranges: [
    {
      scenario: 'c2',
      name: 'v6',
      family: 'IPv6',
      size: 8,
      first: parseAddress('fd00::fff0'),
      last: parseAddress('fd00::fff7'),
      prefixLength: 125,
    },
    {
      scenario: 'c2',
      name: 'odd',
      family: 'IPv4',
      size: 3,
      first: parseAddress('10.0.50.4'),
      last: parseAddress('10.0.50.6'),
    },
  ],
  pools: [{ name: 'dual-pool', rendered: 'lane-dual-pool' }],
  annotations: { addresses: 'example.com/addresses', share: undefined },
  handledClass: 'example.com/handled',
  nodes: [
    { name: 'demo-worker2', role: 'worker' },
    { name: 'demo-control-plane', role: 'control-plane' },
    { name: 'demo-worker', role: 'worker' },
  ],
  backendImage: 'registry.example/agnhost:2.53',
  runId: 'r1',
  namespace: 'dualvip-r1',
});

describe('variablesOf', () => {
  it('gives each range its first, last and range, and a CIDR where it is one', () => {
    expect(VARIABLES).toEqual({
      'annotation.addresses': 'example.com/addresses',
      'backend.image': 'registry.example/agnhost:2.53',
      'class.handled': 'example.com/handled',
      index: '1',
      'node.control-plane-1': 'demo-control-plane',
      'node.worker-1': 'demo-worker',
      'node.worker-2': 'demo-worker2',
      'pool.dual-pool': 'lane-dual-pool',
      'run.namespace': 'dualvip-r1',
      'run.id': 'r1',
      'v6.first': 'fd00::fff0',
      'v6.last': 'fd00::fff7',
      'v6.range': 'fd00::fff0-fd00::fff7',
      'v6.cidr': 'fd00::fff0/125',
      'odd.first': '10.0.50.4',
      'odd.last': '10.0.50.6',
      'odd.range': '10.0.50.4-10.0.50.6',
    });
  });
});

describe('render', () => {
  it('replaces every variable, and leaves an escaped one', () => {
    expect(render('[${v6.first}, ${odd.range}] $${v6.first} $HOME ${run.id}', VARIABLES)).toBe(
      '[fd00::fff0, 10.0.50.4-10.0.50.6] ${v6.first} $HOME r1',
    );
  });

  it.each([
    ['${v6.frist}', 'no variable "v6.frist" (did you mean "v6.first"?)'],
    ['${v6.first', 'no variable "v6.first and'],
    ['${toString}', 'no variable "toString"'],
  ])('refuses %s', (text, message) => {
    expect(() => render(`${text} and more`, VARIABLES)).toThrow(message);
  });

  it('reaches into values', () => {
    const patch = { metadata: { annotations: { ips: '${v6.first}' } }, list: ['${run.id}', 1, null, true] };
    expect(renderValue(patch, VARIABLES)).toEqual({
      metadata: { annotations: { ips: 'fd00::fff0' } },
      list: ['r1', 1, null, true],
    });
  });
});

describe('placeholdersIn', () => {
  it('tells names and offsets, escaped ones left out', () => {
    expect(placeholdersIn('a: ${v4.first}\nb: $${v4.first} ${run.id}')).toEqual([
      { name: 'v4.first', offset: 3 },
      { name: 'run.id', offset: 31 },
    ]);
  });
});

describe('placeholderProblem', () => {
  const ranges = { odd: { family: 'IPv4' as const, size: 3 } };

  it('tells why a range has no CIDR', () => {
    expect(placeholderProblem('odd.cidr', VARIABLES, ranges)).toBe(
      'no ${odd.cidr}: a CIDR takes a size that is a power of two, not 3; use .range',
    );
    expect(placeholderProblem('odd.range', VARIABLES, ranges)).toBeUndefined();
  });
});
