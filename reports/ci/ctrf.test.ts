import { validate } from 'ctrf';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { runWith, scenarioWith } from '../fixtures.ts';
import { VERDICTS } from '../record/record.ts';
import { renderCtrf } from './ctrf.ts';
import { hostileRun, UNSAFE } from './hostile.ts';

const read = (text: string) =>
  z
    .object({
      results: z.object({
        summary: z.record(z.string(), z.number()),
        tests: z.array(z.looseObject({ name: z.string(), status: z.string(), rawStatus: z.string() })),
      }),
    })
    .parse(JSON.parse(text)).results;

function breaches(text: string): unknown {
  const { valid, errors } = validate(JSON.parse(text));
  return valid ? [] : errors;
}

describe('renderCtrf', () => {
  it('tells a run with every verdict', async () => {
    await expect(renderCtrf(runWith())).toMatchFileSnapshot('golden/every-verdict.ctrf.json');
  });

  it('is valid by the schema of CTRF', () => {
    expect(breaches(renderCtrf(runWith(undefined, { interrupted: 'SIGINT' })))).toEqual([]);
    expect(breaches(renderCtrf(runWith()).replace('"status": "passed"', '"status": "fine"'))).not.toEqual([]);
  });

  it('fails what turns a run red, and keeps the verdict', () => {
    const told = VERDICTS.map((verdict) => {
      const [test] = read(renderCtrf(runWith([scenarioWith(verdict)]))).tests;
      return [test?.rawStatus, test?.status];
    });
    expect(told).toEqual([
      ['pass', 'passed'],
      ['expected-fail', 'passed'],
      ['fail', 'failed'],
      ['unexpected-pass', 'failed'],
      ['inconclusive', 'failed'],
      ['flaky', 'failed'],
      ['unsupported', 'skipped'],
      ['error', 'failed'],
    ]);
  });

  it('is not green for a run that was cut short', () => {
    const { summary } = read(renderCtrf(runWith([scenarioWith('pass')], { interrupted: 'SIGINT' })));
    expect(summary).toMatchObject({ tests: 2, passed: 1, failed: 1 });
  });

  it('calls flaky what was tried again and came out otherwise', () => {
    const { tests } = read(renderCtrf(runWith([scenarioWith('flaky')])));
    const { length } = scenarioWith('flaky').attempts ?? [];
    expect(tests[0]).toMatchObject({ retries: length - 1, flaky: true, status: 'failed' });
  });

  it('is safe and complete whatever the record says', () => {
    const text = renderCtrf(hostileRun());
    expect(UNSAFE.exec(text)).toBeNull();
    expect(breaches(text)).toEqual([]);
    expect(text).toContain('x end');
    expect(read(text).tests).toHaveLength(5);
  });
});
