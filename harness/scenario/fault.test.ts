import { describe, expect, it } from 'vitest';

import { checkSteps } from './cross-check.ts';
import { faultSchema, placeSchema } from './fault.ts';
import { stepSchema, toStep } from './step.ts';

function problems(schema: typeof faultSchema | typeof placeSchema, value: unknown): string[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.map(({ message }) => message);
}

describe('fault', () => {
  it.each([
    [{ name: 'link-down', node: 'announcer', service: 'web' }, []],
    [{ name: 'node-stopped', node: 'control-plane' }, []],
    [{ name: 'controller-killed', signal: 'KILL' }, []],
    [{ name: 'link-down' }, ['say at which `node`: announcer, other, control-plane, worker']],
    [{ name: 'link-down', node: 'announcer' }, ['`announcer` of which `service`?']],
    [
      { name: 'link-down', node: 'worker', service: 'web' },
      ['`worker` is the same for every Service: leave it out'],
    ],
    [{ name: 'controller-killed', node: 'worker' }, ['the controller is where it is: leave the node out']],
    [{ name: 'link-down', node: 'worker', signal: 'KILL' }, ['only processes get signals']],
  ])('%j', (value, expected) => {
    expect(problems(faultSchema, value)).toEqual(expected);
  });
});

describe('place', () => {
  it.each([
    [{ deployment: 'web', awayFrom: 'announcer', service: 'web' }, []],
    [{ deployment: 'web', on: 'worker' }, []],
    [{ deployment: 'web' }, ['say either `on` or `awayFrom`']],
    [{ deployment: 'web', on: 'worker', awayFrom: 'worker' }, ['say either `on` or `awayFrom`']],
    [{ deployment: 'web', on: 'other' }, ['`other` of which `service`?']],
  ])('%j', (value, expected) => {
    expect(problems(placeSchema, value)).toEqual(expected);
  });
});

describe('heal', () => {
  const fault = { id: 'broken', fault: { name: 'node-paused', node: 'worker' } };
  const test = { prerequisites: { families: ['IPv4'] } };

  function reported(steps: unknown[], shared = false): string[] {
    const told: string[] = [];
    const parsed = [...steps, test].map((step, index) => toStep(stepSchema.parse(step), index + 1));
    const parts = {
      ranges: {},
      pools: [],
      advertise: [],
      bgp: false,
      features: [],
      steps: parsed,
      shared,
    };
    checkSteps(parts, (at, message) => told.push(`${at.join('.')}: ${message}`));
    return told;
  }

  it('names an earlier fault step', () => {
    expect(reported([fault, { heal: 'broken' }])).toEqual([]);
  });

  it.each([
    ['a step that is none', [fault, { heal: 'brokn' }]],
    ['one that is healed already', [fault, { heal: 'broken' }, { heal: 'broken' }]],
    ['a later one', [{ heal: 'broken' }, fault]],
  ])('does not name %s', (_what, steps) => {
    const told = reported(steps);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^steps\.\d\.heal: .*earlier fault step that is not healed/);
  });

  it('is nothing for a scenario that shares its cluster', () => {
    expect(reported([fault], true)).toEqual([
      'steps.0.fault: a shared scenario has no backend and no cluster to itself: take `shared` out, or this step',
    ]);
  });
});
