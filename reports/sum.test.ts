import { expect, it } from 'vitest';

import { runWith, scenarioWith } from './fixtures.ts';
import type { Verdict } from './record/record.ts';
import { newsText } from './sum.ts';

it.each<[string, Verdict[]]>([
  ['nothing differs from what is known', ['pass', 'expected-fail', 'unsupported']],
  ['1 differs from what is known', ['fail', 'pass']],
  ['3 differ from what is known', ['fail', 'unexpected-pass', 'flaky']],
  ['2 could not be judged, and nothing else differs from what is known', ['inconclusive', 'error', 'pass']],
])('%s', (text, verdicts) => {
  const run = runWith(verdicts.map((verdict) => scenarioWith(verdict)));
  expect(newsText(run)).toBe(`${text} of metallb 0.15.2 (native)`);
});

it('tells what differs and what could not be judged apart', () => {
  expect(newsText(runWith())).toBe(
    '3 differ from what is known of metallb 0.15.2 (native), and 2 could not be judged',
  );
});
