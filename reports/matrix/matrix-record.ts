import { z } from 'zod';

import {
  checkSchema,
  deviationRecordSchema,
  runRecordSchema,
  scenarioRecordSchema,
} from '../record/record.ts';

/** What a matrix record says that it is. A change that an old reader cannot take gets a new number. */
export const MATRIX_VERSION = 'dualvip/matrix/v1';

const { implementation, cluster, harness, exitCode } = runRecordSchema.shape;
const { topology, kubernetes } = cluster.shape;

/** One run: an implementation at one version on one topology. */
const columnSchema = z.object({
  /** The run's id. */
  run: z.string(),
  implementation,
  topology,
  /** The run's record, relative to the matrix record's folder; left out where the run gave none. */
  record: z.string().optional(),
  kubernetes: kubernetes.optional(),
  durationMs: z.number(),
  exitCode,
  /** Why the run ended before all of its scenarios had a verdict. */
  interrupted: z.string().optional(),
  /** Why the run gave no record: its cluster could not be made, for instance. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type MatrixColumn = z.infer<typeof columnSchema>;

/** What one scenario came to in one run. */
const cellSchema = z.object({
  /** The id of the run that it is of. */
  run: z.string(),
  verdict: scenarioRecordSchema.shape.verdict,
  /** The checks that do not hold against the claim. */
  failed: z.array(checkSchema),
  /** The known deviation for that implementation and version, whether it was seen or not. */
  deviation: deviationRecordSchema.optional(),
  reason: z.string().optional(),
});
export type MatrixCell = z.infer<typeof cellSchema>;

/** One scenario, side by side. */
const rowSchema = z.object({
  id: z.string(),
  title: z.string(),
  claim: z.string().optional(),
  issue: z.string().optional(),
  /** At most one a column; none where the scenario did not run there. In the order of the columns. */
  cells: z.array(cellSchema),
  /** True when implementations, versions or topologies do not all do the same. */
  differs: z.boolean(),
});
export type MatrixRow = z.infer<typeof rowSchema>;

/** A deviation that was seen and that nobody has reported upstream: a text that is ready for it. */
const unreportedSchema = z.object({
  scenario: z.string(),
  /** The runs that it was seen in. */
  runs: z.array(z.string()).min(1),
  /** The one of them that the text tells. */
  madeOf: z.string(),
  /** Relative to the matrix record's folder. */
  file: z.string(),
});
export type MatrixUnreported = z.infer<typeof unreportedSchema>;

export const matrixRecordSchema = z.object({
  version: z.literal(MATRIX_VERSION),
  id: z.string(),
  startedAt: z.iso.datetime(),
  /** Of making the runs, or the sum of theirs where they were merged only. */
  durationMs: z.number(),
  command: z.array(z.string()),
  harness,
  columns: z.array(columnSchema),
  rows: z.array(rowSchema),
  unreported: z.array(unreportedSchema),
  /** Why the matrix ended before all of its runs. */
  interrupted: z.string().optional(),
  /** The worst of its runs'. */
  exitCode,
});
export type MatrixRecord = z.infer<typeof matrixRecordSchema>;
