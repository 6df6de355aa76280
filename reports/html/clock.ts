import type { Entry } from '../timeline/entry.ts';
import { timelineEntries } from '../timeline/entries.ts';
import { logEntries } from './log-entries.ts';
import { markup, type Markup } from './markup.ts';
import { counted, grouped } from './quantity.ts';
import { readableText } from './readable.ts';
import type { Case } from './reported-run.ts';

/** Everything that was seen and logged, on one clock: milliseconds since the scenario's begin. */
export function clockTable({ run, scenario, entries: most }: Case): Markup {
  const origin = Date.parse(run.record.startedAt);
  const logs = logEntries(scenario, { evidence: run.evidence, origin });
  const entries = repeatedAsOne([
    ...timelineEntries(scenario.observations),
    // Lines of logs were not in the record, so they were not made readable with it.
    ...logs.entries.map((entry) => ({ ...entry, text: readableText(entry.text) })),
  ]).toSorted((a, b) => a.at - b.at);
  if (entries.length === 0) return markup`<p>Nothing was seen.</p>`;
  const { shown, left } = chosen(entries, most);
  const isCoarse = shown.some(({ label }) => label === 'log ≈');
  const notes = [
    left > 0 && `${counted(left, 'more entry', 'more entries')} in run.json: they are cut here.`,
    logs.leftOut > 0 &&
      `${counted(logs.leftOut, 'line')} of logs from this time are not about these Services; they are in the files.`,
    isCoarse && '≈ is stamped to the second: it was written up to a second later.',
    isCoarse &&
      run.record.writtenAs !== undefined &&
      'An older harness began its clock a little before the wall time that it noted: logs may stand too early.',
  ];
  return markup`<table class="clock"><thead><tr><th scope="col">ms<th scope="col">what<th scope="col">seen<tbody>${shown.map(
    ({ at, label, text, alarming }) =>
      markup`<tr${alarming && markup` class="alarm"`}><td>${grouped(at - scenario.startedAt)}<td>${label}<td>${text}`,
  )}</table>${notes.map((note) => note && markup`<p class="note">${note}</p>`)}`;
}

/** What is told again in the same words is one entry, with how often and until when. */
function repeatedAsOne(entries: readonly Entry[]): Entry[] {
  const groups = Map.groupBy(entries, ({ label, text }) => `${label} ${text}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const last = Math.max(...group.map(({ at }) => at));
    if (!first || group.length === 1) return group;
    const at = Math.min(...group.map((one) => one.at));
    const within = last - at < 1 ? '' : ` within ${grouped(last - at)} ms`;
    return [{ ...first, at, text: `${first.text}, ${grouped(group.length)} times${within}` }];
  });
}

/**
 * What was seen before what was logged: a few hundred lines of a log must not cost the answer. What a Service's
 * status was and what was done comes first, then what alarms; of each the earliest; in the order of time again.
 */
function chosen(entries: readonly Entry[], most: number): { shown: readonly Entry[]; left: number } {
  if (entries.length <= most) return { shown: entries, left: 0 };
  const first = entries.toSorted((a, b) => rankOf(a) - rankOf(b));
  const kept = new Set(first.slice(0, most));
  return { shown: entries.filter((entry) => kept.has(entry)), left: entries.length - kept.size };
}

/** The story of a case, without which no other entry can be read. */
const STORY: ReadonlySet<string> = new Set(['step', 'status', 'fault', 'heal', 'outage']);

function rankOf({ label, alarming }: Entry): number {
  if (STORY.has(label)) return 0;
  const isLog = label.startsWith('log');
  if (alarming) return isLog ? 2 : 1;
  return isLog ? 4 : 3;
}
