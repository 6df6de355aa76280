import { describe, expect, it } from 'vitest';

import { runWith } from '../fixtures.ts';
import { RECORD_VERSION, runRecordSchema } from './record.ts';
import { migrated, READABLE_VERSIONS } from './versions.ts';

/** As an early harness wrote it. */
function v1(): unknown {
  const run = { ...runWith(), version: 'dualvip/run/v1' };
  return JSON.parse(JSON.stringify(run, (key, value: unknown) => (key === 'apiMs' ? undefined : value)));
}

describe('migrated', () => {
  it('makes a record of v1 one of today’s, and keeps what it was', () => {
    const record = runRecordSchema.parse(migrated(v1()));
    expect(record.writtenAs).toBe('dualvip/run/v1');
    expect(record.scenarios.map(({ timing }) => timing.apiMs)).toEqual(record.scenarios.map(() => 0));
    expect(record.scenarios.map(({ id, checks }) => [id, checks])).toEqual(
      runWith().scenarios.map(({ id, checks }) => [id, checks]),
    );
  });

  it('keeps what a later harness of v1 has measured', () => {
    const record = runRecordSchema.parse(migrated({ ...runWith(), version: 'dualvip/run/v1' }));
    expect(record.scenarios[0]?.timing).toEqual(runWith().scenarios[0]?.timing);
  });

  it.each([
    ['a record of today', runWith()],
    ['a version that is not known', { version: 'dualvip/run/v9', scenarios: [] }],
    ['no record', [1]],
    ['a text', 'x'],
  ])('gives %s back as it is', (_, data) => {
    expect(migrated(data)).toBe(data);
  });

  it('leaves what is broken to the reader that says so', () => {
    expect(migrated({ version: 'dualvip/run/v1', scenarios: [3, { timing: 1 }] })).toMatchObject({
      scenarios: [3, { timing: 1 }],
    });
  });

  it('ends with the version that is written', () => {
    expect(READABLE_VERSIONS).toEqual(['dualvip/run/v1', RECORD_VERSION]);
  });
});
