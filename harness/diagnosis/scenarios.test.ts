import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { CAUSES } from '../../reports/record/diagnosis.ts';
import { loadScenarios } from '../scenario/load.ts';

const scenarios = await loadScenarios(path.join(PROJECT_ROOT, 'scenarios'));
const documentation = await readFile(path.join(PROJECT_ROOT, 'docs/diagnosis.md'), 'utf8');

/** The ids of the scenarios by cause, in the order of the names. */
const byCause = new Map(
  CAUSES.map((cause) => [
    cause,
    scenarios
      .filter(({ steps }) =>
        steps.some((step) => step.kind === 'diagnose' && step.diagnose.causes.includes(cause)),
      )
      .map(({ id }) => id)
      .toSorted(),
  ]),
);

describe('the causes', () => {
  it.each(CAUSES)('%s is provoked by a scenario, which asserts it', (cause) => {
    expect(byCause.get(cause)).not.toEqual([]);
  });

  it('that a diagnose step names are all known', () => {
    const named = scenarios.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'diagnose' ? step.diagnose.causes : [])),
    );
    expect(named.filter((cause) => !CAUSES.some((known) => known === cause))).toEqual([]);
  });

  it('have one row each in the table of docs/diagnosis.md, with their scenarios', () => {
    const [, section = ''] = documentation.split('## Which scenario provokes it');
    const rows = [...section.matchAll(/^\| ([a-z][a-z-]+) +\| (.+?) +\|$/gm)].map(([, cause, text]) => [
      cause,
      text,
    ]);
    const expected = CAUSES.map((cause) => [
      cause,
      byCause
        .get(cause)
        ?.map((id) => `\`${id}\``)
        .join(', '),
    ]);
    expect(rows.filter(([cause]) => cause !== 'cause')).toEqual(expected);
  });
});
