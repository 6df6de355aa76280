import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { addScenarioOptions } from './scenario-options.ts';

function parsed(...args: string[]): Record<string, unknown> {
  return addScenarioOptions(new Command()).parse(args, { from: 'user' }).opts();
}

describe('-t', () => {
  it('is left out where it is not given', () => {
    expect(parsed()).not.toHaveProperty('testNamePattern');
  });

  it('takes what any of several matches', () => {
    expect(parsed('-t', 'C2 ', '-t', '^C1[34]').testNamePattern).toBe('C2 |^C1[34]');
  });
});
