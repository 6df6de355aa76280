import { expect, it } from 'vitest';

import { checkNamedObjects } from './service-check.ts';
import { stepSchema, toStep } from './step.ts';

const objects = new Map([
  ['service.yaml', [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web-twice' } }]],
]);

function problems(steps: readonly object[]): string[] {
  const found: string[] = [];
  const parsed = steps.map((step, i) => toStep(stepSchema.parse(step), i + 1));
  checkNamedObjects(parsed, objects, (at, message) => found.push(`${at.join('.')}: ${message}`));
  return found;
}

const refused = { apply: ['service.yaml'], rejected: 'spec' };

it('lets a Service that the API refuses be diagnosed, and nothing else', () => {
  expect(problems([refused, { diagnose: { service: 'web-twice', causes: ['rejected-by-api'] } }])).toEqual(
    [],
  );
  expect(problems([refused, { expect: { service: 'web-twice', pending: true } }])).toEqual([
    'steps.1.expect.service: no step before this one applies a Service "web-twice"',
  ]);
});
