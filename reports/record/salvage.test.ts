import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { scenariosLast } from '../record-file.ts';
import { salvageRecord } from './salvage.ts';

const first = scenarioWith('pass');
const second = scenarioWith('fail');
const run = runWith([first, second]);
const text = JSON.stringify(run, null, 2);

function changed(change: object): string {
  return JSON.stringify({ ...run, ...change });
}

describe('salvageRecord', () => {
  it('gives a whole record as it is', () => {
    expect(salvageRecord(text)).toEqual({ record: run, damage: [] });
  });

  it('keeps the scenarios of a record that breaks off, and says what is lost', () => {
    const half = text.slice(0, text.indexOf(`"id": "${second.id}"`) + 200);
    const saved = salvageRecord(half);
    expect(saved?.record.scenarios).toEqual([first]);
    expect(saved?.record).toMatchObject({ id: run.id, exitCode: 2, rssBytes: 0 });
    expect(saved?.damage).toEqual([
      expect.stringMatching(/^the file is not JSON: /),
      'exitCode: Invalid input',
      'rssBytes: Invalid input: expected number, received undefined',
      expect.stringMatching(/^scenarios\[1\] \(c6-separate-pools-are-served\): .*; left out$/),
    ]);
  });

  it('says which run it was, wherever the file that a run writes breaks off in its scenarios', () => {
    const whole = JSON.stringify(scenariosLast(run), null, 2);
    const begin = whole.indexOf('"scenarios"');
    const { scenarios: _, ...head } = run;
    for (let end = begin; end < whole.length - 4; end += 401) {
      const saved = salvageRecord(whole.slice(0, end));
      expect(saved?.record, `cut at ${end}`).toMatchObject(head);
      expect(saved?.damage[0]).toMatch(/^the file is not JSON: /);
    }
  }, 60_000);

  it('takes a scenario from its own record, whether it is broken in the run’s or lost', () => {
    const saved = salvageRecord(changed({ scenarios: [{ ...first, attempt: 0 }] }), [
      first,
      second,
      { id: 3 },
    ]);
    expect(saved?.record.scenarios).toEqual([first, second]);
    expect(saved?.damage).toEqual([
      'scenarios[0] (c2-dual-pool): attempt: Too small: expected number to be >=1; taken from its own record',
      'c6-separate-pools-are-served: not in the record; taken from its own',
    ]);
  });

  it('leaves out the observations that cannot be read, and keeps the verdict', () => {
    const broken = { ...second, observations: [...second.observations, { kind: 'weather' }, 7] };
    const saved = salvageRecord(changed({ scenarios: [broken, first] }));
    expect(saved?.record.scenarios).toEqual([second, first]);
    expect(saved?.damage).toEqual([
      expect.stringMatching(/^scenarios\[0\] .*observations\[6\]\.kind: .*; 2 observations left out$/),
    ]);
  });

  it('reads up to bytes that no JSON has', () => {
    const end = text.lastIndexOf('"title"');
    const saved = salvageRecord(`${text.slice(0, end)}\0\0${text.slice(end + 2)}`);
    expect(saved?.record.scenarios).toEqual([first]);
  });

  it('takes an older version', () => {
    const saved = salvageRecord(changed({ version: 'dualvip/run/v1', rssBytes: 'much' }));
    expect(saved?.record).toMatchObject({ writtenAs: 'dualvip/run/v1', rssBytes: 0 });
  });

  it.each([
    ['no record', '[]'],
    ['nothing', ''],
    ['one that does not say what was tested', changed({ implementation: undefined })],
    ['one of a version that is not known', changed({ version: 'dualvip/run/v9' })],
    ['text', 'hello, world'],
  ])('saves nothing of %s', (_, damaged) => {
    expect(salvageRecord(damaged)).toBeUndefined();
  });
});
