import { readFile } from 'node:fs/promises';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { CONFORMANCE_SCHEMA_FILE, conformanceSchema, conformanceSchemaText } from './conformance-schema.ts';
import { conformanceOf } from './conformance.ts';
import { fullRun, PROFILE } from './fixtures.ts';

const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(conformanceSchema());
const report = conformanceOf(PROFILE, [fullRun()]);

describe('the JSON Schema of a conformance report', () => {
  it('is the one in docs/schemas (else: node reports/profile/conformance-schema.ts)', async () => {
    expect(await readFile(CONFORMANCE_SCHEMA_FILE, 'utf8')).toBe(conformanceSchemaText());
  });

  it('takes a report with every status, and keys of a later harness', () => {
    const valid = validate({ ...report, weather: 'fine' });
    expect({ valid, errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  it.each([
    ['another version', { version: 'dualvip/conformance/v2' }, '/version'],
    ['a result that there is none of', { result: 'fine' }, '/result'],
    ['no runs', { runs: [] }, '/runs'],
    ['no core', { core: undefined }, ''],
  ])('refuses %s', (_, change, place) => {
    expect(validate({ ...report, ...change })).toBe(false);
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(place);
  });
});
