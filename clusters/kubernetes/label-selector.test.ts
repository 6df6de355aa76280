import { describe, expect, it } from 'vitest';

import { describeSelector, selects, type LabelSelector } from './label-selector.ts';

const labels = { app: 'web', tier: 'front' };

const cases: [LabelSelector, boolean, string][] = [
  [{}, true, ''],
  [{ matchLabels: { app: 'web', tier: 'front' } }, true, 'app=web,tier=front'],
  [{ matchLabels: { app: 'web', tier: 'back' } }, false, 'app=web,tier=back'],
  [expression('app', 'In', 'api', 'web'), true, 'app in (api,web)'],
  [expression('zone', 'In', 'a'), false, 'zone in (a)'],
  [expression('app', 'NotIn', 'web'), false, 'app notin (web)'],
  [expression('zone', 'NotIn', 'a'), true, 'zone notin (a)'],
  [expression('app', 'Exists'), true, 'app'],
  [expression('zone', 'Exists'), false, 'zone'],
  [expression('zone', 'DoesNotExist'), true, '!zone'],
  [expression('app', 'DoesNotExist'), false, '!app'],
];

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

function expression(key: string, operator: Expression['operator'], ...values: string[]): LabelSelector {
  return { matchExpressions: [{ key, operator, ...(values.length > 0 ? { values } : {}) }] };
}

describe('a label selector', () => {
  it.each(cases)('%j: %s', (selector, selected) => {
    expect(selects(selector, labels)).toBe(selected);
  });

  it.each(cases)('%j is written as kubectl does', (selector, _selected, text) => {
    expect(describeSelector(selector)).toBe(text);
  });
});
