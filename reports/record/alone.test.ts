import { expect, it } from 'vitest';

import { scenarioWith } from '../fixtures.ts';
import { measuredAlone } from './alone.ts';

it('leaves out what ran beside others, and what asked for many at once', () => {
  const many = { kind: 'step', id: 'all', step: 'many', at: 1, endedAt: 2 } as const;
  const scenarios = [
    scenarioWith('pass', { id: 'alone' }),
    scenarioWith('pass', { id: 'shared', shared: true }),
    scenarioWith('pass', { id: 'many', observations: [many] }),
  ];
  expect(measuredAlone(scenarios).map(({ id }) => id)).toEqual(['alone']);
});
