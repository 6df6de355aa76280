import { Readable } from 'node:stream';

import { describe, expect, it } from 'vitest';

import type { StepPosition } from '../harness/run/hold.ts';
import { Stepping } from './stepping.ts';

const position: StepPosition = {
  step: { id: 'service', kind: 'apply', apply: ['service.yaml'], copies: 1 },
  number: 1,
  of: 3,
};

async function answered(input: string, times: number): Promise<string[]> {
  using stepping = new Stepping({ input: Readable.from([input]), tell: () => {} });
  const answers: string[] = [];
  for (let time = 0; time < times; time += 1) answers.push(await stepping.before(position));
  return answers;
}

describe('Stepping', () => {
  it.each<[string, string[]]>([
    ['\n\n', ['go', 'go', 'stop']],
    ['\nc\n', ['go', 'go', 'go']],
    ['what?\n\nq\n', ['go', 'stop', 'stop']],
    ['', ['stop', 'stop', 'stop']],
  ])('%j', async (input, answers) => {
    expect(await answered(input, 3)).toEqual(answers);
  });

  it('shows the step as the scenario has it', async () => {
    const told: string[] = [];
    using stepping = new Stepping({ input: Readable.from(['\n']), tell: (text) => told.push(text) });
    await stepping.before(position);
    expect(told).toEqual([
      'step 1 of 3\n  id: service\n  apply:\n    - service.yaml\n  copies: 1',
      'Enter: do it    c: do it and all that follow    q: hold the case as it is now',
    ]);
  });
});
