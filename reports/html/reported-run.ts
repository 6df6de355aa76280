import type { RunRecord, ScenarioRecord } from '../record/record.ts';
import type { Trend } from '../trends/trends.ts';
import type { EvidenceFile } from './evidence.ts';

/** A run as a page is made of it. */
export interface ReportedRun {
  record: RunRecord;
  /** What of its record was lost, a sentence each. */
  damage: readonly string[];
  /** The run's folder, relative to the page's; empty for the same. */
  folder: string;
  /** By the names in the record; what is not there is missing. */
  evidence: ReadonlyMap<string, EvidenceFile>;
  /** The run among those of the same before it; left out where there was none. */
  trend?: Trend | undefined;
}

/** A scenario of a run, and its place on the page. */
export interface Case {
  run: ReportedRun;
  scenario: ScenarioRecord;
  /** The id of its section. */
  anchor: string;
  /** What tells it from the same scenario of another run; empty where there is one run. */
  place: string;
  /** How many entries of its clock are shown. */
  entries: number;
}
