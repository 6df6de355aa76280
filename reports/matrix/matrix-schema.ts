import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { matrixRecordSchema } from './matrix-record.ts';

export const MATRIX_SCHEMA_FILE = path.join(PROJECT_ROOT, 'docs', 'schemas', 'matrix.schema.json');

/** The JSON Schema (draft 2020-12) of matrix.json, as of a reader: keys that it does not know are no error. */
export function matrixSchema() {
  return z.toJSONSchema(matrixRecordSchema, { io: 'input' });
}

/** The text of the file in docs/schemas. */
export function matrixSchemaText(): string {
  return `${JSON.stringify(matrixSchema(), null, 2)}\n`;
}

// `node reports/matrix/matrix-schema.ts` writes the file anew after a change of the record.
if (import.meta.main) await writeFile(MATRIX_SCHEMA_FILE, matrixSchemaText());
