import path from 'node:path';

import { RUNS_FOLDER } from './scenario-options.ts';

/** Of runs in reports/runs: reports/history/runs.jsonl. Of others: history/runs.jsonl in their folder. */
export function historyFile(reports: string): string {
  const folder = path.resolve(reports);
  const parent = folder === path.resolve(RUNS_FOLDER) ? path.dirname(folder) : folder;
  return path.join(parent, 'history', 'runs.jsonl');
}
