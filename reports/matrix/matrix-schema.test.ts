import { readFile } from 'node:fs/promises';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';

import { everyCell } from './fixtures.ts';
import { MATRIX_SCHEMA_FILE, matrixSchema, matrixSchemaText } from './matrix-schema.ts';

const validate = new Ajv2020({ allErrors: true, validateFormats: false }).compile(matrixSchema());

describe('the JSON Schema of the matrix record', () => {
  it('is the one in docs/schemas (else: node reports/matrix/matrix-schema.ts)', async () => {
    expect(await readFile(MATRIX_SCHEMA_FILE, 'utf8')).toBe(matrixSchemaText());
  });

  it('takes a matrix with every kind of column, and keys of a later harness', () => {
    const valid = validate({ ...everyCell, weather: 'fine' });
    expect({ valid, errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  it.each([
    ['another version', { version: 'dualvip/matrix/v2' }, '/version'],
    ['an exit code that no command has', { exitCode: 64 }, '/exitCode'],
    [
      'an unreported deviation that nothing saw',
      { unreported: [{ scenario: 'x', runs: [], madeOf: 'x', file: 'x' }] },
      '/unreported/0/runs',
    ],
  ])('refuses %s', (_, change, place) => {
    expect(validate({ ...everyCell, ...change })).toBe(false);
    expect(validate.errors?.map(({ instancePath }) => instancePath)).toContain(place);
  });
});
