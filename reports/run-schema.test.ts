import { readFile } from 'node:fs/promises';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { runWith } from './fixtures.ts';
import { RUN_SCHEMA_FILE, runSchema, runSchemaText } from './run-schema.ts';

const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(runSchema());

describe('the JSON Schema of the run record', () => {
  it('is the one in docs/schemas (else: node reports/run-schema.ts)', async () => {
    expect(await readFile(RUN_SCHEMA_FILE, 'utf8')).toBe(runSchemaText());
  });

  it('takes a record with every verdict, and keys of a later harness', () => {
    const valid = validate({ ...runWith(), weather: 'fine' });
    expect({ valid, errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  it.each([
    ['another version', { version: 'dualvip/run/v1' }, '/version'],
    ['an exit code that no command has', { exitCode: 3 }, '/exitCode'],
    ['a missing duration', { durationMs: undefined }, ''],
  ])('refuses %s', (_, change, place) => {
    expect(validate({ ...runWith(), ...change })).toBe(false);
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(place);
  });
});
