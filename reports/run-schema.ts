import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { PROJECT_ROOT } from '../base/folders.ts';
import { runRecordSchema } from './record/record.ts';

export const RUN_SCHEMA_FILE = path.join(PROJECT_ROOT, 'docs', 'schemas', 'run.schema.json');

/**
 * The JSON Schema (draft 2020-12) of run.json, for readers in other languages. As of a reader: keys that it
 * does not know are no error, so that a record can gain some without a new version.
 */
export function runSchema() {
  return z.toJSONSchema(runRecordSchema, { io: 'input' });
}

/** The text of the file in docs/schemas. */
export function runSchemaText(): string {
  return `${JSON.stringify(runSchema(), null, 2)}\n`;
}

// `node reports/run-schema.ts` writes the file anew after a change of the record.
if (import.meta.main) await writeFile(RUN_SCHEMA_FILE, runSchemaText());
