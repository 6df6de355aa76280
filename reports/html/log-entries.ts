import type { ScenarioRecord } from '../record/record.ts';
import type { Entry } from '../timeline/entry.ts';
import { linesOf, type EvidenceFile } from './evidence.ts';
import { logLine, type LogLine } from './log-lines.ts';

export interface LogEntries {
  entries: Entry[];
  /** Lines of the same time that say nothing of the scenario. */
  leftOut: number;
}

/** That an object was looked at, and nothing more: half of what a controller writes. */
const LOOKED = /\b(?:start|end) reconcile=/;

/** Stamps to the second are rounded down: what was written as a scenario began can be stamped before it. */
const SECOND = 1_000;

/**
 * What the logs beside a record say while the scenario ran, and that is about it: of its Services and addresses, or
 * a warning. `origin` is the wall clock when the run's was at 0.
 */
export function logEntries(
  scenario: ScenarioRecord,
  { evidence, origin }: { evidence: ReadonlyMap<string, EvidenceFile>; origin: number },
): LogEntries {
  const words = wordsOf(scenario);
  const begin = origin + scenario.startedAt;
  const span = { from: begin - SECOND, to: begin + scenario.timing.wallMs };
  const result: LogEntries = { entries: [], leftOut: 0 };
  for (const name of scenario.evidence.filter((file) => file.endsWith('.log'))) {
    const { part, bytes = 0 } = evidence.get(name) ?? {};
    if (!part) continue;
    for (const text of linesOf(part, part.content.length < bytes)) {
      const line = logLine(text, span);
      if (!line) continue;
      if (line.alarming || (!LOOKED.test(line.text) && words.some((word) => line.text.includes(word)))) {
        result.entries.push(entryOf(line, { origin, name }));
      } else result.leftOut += 1;
    }
  }
  return result;
}

function entryOf(
  { time, precisionMs, text, alarming }: LogLine,
  { origin, name }: { origin: number; name: string },
): Entry {
  const source =
    name
      .split('/logs/')
      .at(-1)
      ?.replace(/\.log$/, '') ?? name;
  return {
    at: time - origin,
    label: precisionMs > 1 ? 'log ≈' : 'log',
    text: `${source}: ${text}`,
    alarming,
  };
}

/** Names of its Services, and their addresses. */
function wordsOf({ observations }: ScenarioRecord): string[] {
  const words = new Set<string>();
  for (const one of observations) {
    if (one.kind !== 'service') continue;
    words.add(one.service);
    for (const address of one.addresses) words.add(address);
  }
  return [...words];
}
