import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { conformanceReportSchema } from './conformance-report.ts';

export const CONFORMANCE_SCHEMA_FILE = path.join(PROJECT_ROOT, 'docs', 'schemas', 'conformance.schema.json');

/** The JSON Schema (draft 2020-12) of a conformance report, as of a reader: more keys are no error. */
export function conformanceSchema() {
  return z.toJSONSchema(conformanceReportSchema, { io: 'input' });
}

/** The text of the file in docs/schemas. */
export function conformanceSchemaText(): string {
  return `${JSON.stringify(conformanceSchema(), null, 2)}\n`;
}

// `node reports/profile/conformance-schema.ts` writes the file anew after a change of the report.
if (import.meta.main) await writeFile(CONFORMANCE_SCHEMA_FILE, conformanceSchemaText());
