import { describe, expect, it } from 'vitest';

import { chooseCluster } from './chosen-cluster.ts';

describe('chooseCluster', () => {
  it.each([
    [undefined, ['only'], 'only'],
    [undefined, ['a', 'dualvip'], 'dualvip'],
    ['a', ['a', 'dualvip'], 'a'],
  ])('of --name %s and %j is %s', (named, ready, chosen) => {
    expect(chooseCluster(named, ready)).toBe(chosen);
  });

  it.each([
    [undefined, [], 'there is no cluster that is ready', 'dualvip up makes one.'],
    ['a', [], 'there is no cluster a that is ready', 'dualvip up makes one.'],
    [
      'aple',
      ['apple', 'b'],
      'there is no cluster aple that is ready (did you mean "apple"?)',
      'There is: apple, b.',
    ],
    [undefined, ['a', 'b'], 'there are 2 clusters: a, b', 'Name one, for instance --name a.'],
  ])('of --name %s and %j cannot be', (named, ready, message, hint) => {
    expect(() => chooseCluster(named, ready)).toThrow(
      expect.objectContaining({ message, hint, exitCode: 64 }),
    );
  });
});
