import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { JSON_SCHEMA_FILE, jsonSchema, jsonSchemaText } from './json-schema.ts';
import { loadScenarios } from './load.ts';

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, validateFormats: false });
const validate = ajv.compile(jsonSchema());

describe('the JSON Schema of scenarios', () => {
  it('is the one in docs/schemas (else: node harness/scenario/json-schema.ts)', async () => {
    expect(await readFile(JSON_SCHEMA_FILE, 'utf8')).toBe(jsonSchemaText());
  });

  it('describes every key', () => {
    const bare: string[] = [];
    const walk = (node: unknown, at: string) => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        const place = `${at}/${key}`;
        if (at.endsWith('/properties') && !('description' in Object(value))) bare.push(place);
        walk(value, place);
      }
    };
    walk(jsonSchema(), '');
    expect(bare).toEqual([]);
  });

  it('takes every scenario there is', async () => {
    const scenarios = await loadScenarios(path.join(PROJECT_ROOT, 'scenarios'));
    for (const { id, folder } of scenarios) {
      const data: unknown = parse(await readFile(path.join(folder, 'scenario.yaml'), 'utf8'));
      expect({ id, valid: validate(data), errors: validate.errors }).toEqual({
        id,
        valid: true,
        errors: null,
      });
    }
  });

  const scenario = { id: 'x', title: 'X', steps: [{ expect: { service: 'web', pending: true } }] };
  it.each([
    [{ ...scenario, pools: [] }, 'must have property advertise when property pools is present'],
    [{ ...scenario, steps: [{ id: 'a' }] }, 'must match exactly one schema in oneOf'],
    [{ ...scenario, pool: [] }, 'must NOT have additional properties'],
  ])('refuses %j', (data, message) => {
    expect(validate(data)).toBe(false);
    expect(ajv.errorsText(validate.errors)).toContain(message);
  });
});
