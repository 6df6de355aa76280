import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { scenarioSchema } from './schema.ts';

export const JSON_SCHEMA_FILE = path.join(PROJECT_ROOT, 'docs', 'schemas', 'scenario.schema.json');

/** The JSON Schema (draft 2020-12) of scenario.yaml as it is written, defaults left out. */
export function jsonSchema() {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}

/** The text of the file that editors read. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(jsonSchema(), null, 2)}\n`;
}

// `node harness/scenario/json-schema.ts` writes the file anew after a change of the schema.
if (import.meta.main) await writeFile(JSON_SCHEMA_FILE, jsonSchemaText());
