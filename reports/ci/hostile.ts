import { eventObserved, runWith, scenarioWith } from '../fixtures.ts';
import type { RunRecord } from '../record/record.ts';

/** What others may write where a report shows their text: HTML, Markdown, escapes, commands of CI, broken UTF-16. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '</summary></details><img src=x onerror=alert(1)>',
  ']]>"\'&<b>|`[x](javascript:alert(1))`',
  '\u001B[31mred\u001B[0m \u001B]0;title\u0007',
  '\n::error file=x::owned\r\n##[error]owned\n::set-output name=x::y',
  '\uD800 \uFFFF \u0000 \u202Eesrever\u2028',
].join(' ');

/** A run in which everything that can be another's text is that, and a log of ten million characters. */
export function hostileRun(): RunRecord {
  const log = `begin ${'x'.repeat(10_000_000)} end`;
  return runWith(
    [
      scenarioWith('fail', {
        id: HOSTILE,
        title: HOSTILE,
        claim: HOSTILE,
        features: [HOSTILE],
        checks: [{ step: HOSTILE, subject: 'pair', ok: false, expected: HOSTILE, observed: HOSTILE }],
        observations: [eventObserved({ at: 1, message: HOSTILE }), eventObserved({ at: 2, message: log })],
        evidence: [HOSTILE],
      }),
      scenarioWith('expected-fail', {
        id: 'known',
        deviation: { summary: HOSTILE, versions: HOSTILE, upstream: [`https://x.test/${HOSTILE}`] },
      }),
      scenarioWith('error', { id: 'broken', reason: HOSTILE }),
      scenarioWith('unsupported', { id: 'unclaimed', reason: HOSTILE }),
    ],
    { interrupted: HOSTILE, implementation: { name: HOSTILE, version: HOSTILE, mode: HOSTILE } },
  );
}

/** What must not be in a file that others show: controls but newlines, and halves of characters. */
export const UNSAFE = /[^\n\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
