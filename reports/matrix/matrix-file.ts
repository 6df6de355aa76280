import path from 'node:path';

import { appliedFiles, writeText } from '../unreported/unreported-files.ts';
import { renderUnreported } from '../unreported/unreported.ts';
import type { MatrixRecord } from './matrix-record.ts';
import type { MatrixRun } from './merge.ts';
import { placesOf } from './places.ts';

export const MATRIX_FILE = 'matrix.json';

/** Writes matrix.json and the texts that are ready to file upstream, of the runs that it was merged of. */
export async function writeMatrix(
  folder: string,
  matrix: MatrixRecord,
  runs: readonly MatrixRun[],
): Promise<void> {
  await writeText(path.join(folder, MATRIX_FILE), `${JSON.stringify(matrix, null, 2)}\n`);
  await Promise.all(
    matrix.unreported.map(async ({ scenario: id, runs: seen, madeOf, file }) => {
      const recorded = runs.find((run) => 'record' in run && run.record.id === madeOf);
      if (!recorded || !('record' in recorded)) return;
      const { record: run } = recorded;
      const scenario = run.scenarios.find((one) => one.id === id);
      if (!scenario) return;
      const others = matrix.columns.filter((column) => column.run !== madeOf && seen.includes(column.run));
      const applied = await appliedFiles(path.dirname(path.join(folder, recorded.file)), scenario);
      const alsoSeen = others.length === 0 ? [] : [placesOf(others)];
      await writeText(path.join(folder, file), renderUnreported({ run, scenario, applied, alsoSeen }));
    }),
  );
}
