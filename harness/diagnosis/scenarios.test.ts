import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { CAUSES, type Cause } from '../../reports/record/diagnosis.ts';
import { loadScenarios } from '../scenario/load.ts';

const scenarios = await loadScenarios(path.join(PROJECT_ROOT, 'scenarios'));
const documentation = await readFile(path.join(PROJECT_ROOT, 'docs/diagnosis.md'), 'utf8');

/** The causes that no scenario provokes, and why. */
const EXCEPTIONS: Partial<Record<Cause, string>> = {
  'single-stack-cluster': 'needs a single-stack cluster, and these scenarios run on dual-stack ones',
  'policy-single-stack': 'only with `--family`, which a scenario does not have',
  'address-outside-pools': 'MetalLB takes an address back as soon as its pool loses it',
  'controller-not-ready': 'needs a change of the controller, outside of the namespace',
  'advertisement-excludes-nodes': 'needs an advertisement for some nodes, which is no term of the guide',
  'excluded-nodes': 'needs labels of nodes, outside of the namespace',
  'no-ready-announcer': 'needs a change of the announcing pods, outside of the namespace',
  'neighbour-silent': 'needs a fault of the network, below the API',
  unexplained: 'what provokes it would be a cause of its own',
};

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
  it.each(CAUSES.filter((cause) => !EXCEPTIONS[cause]))('%s is provoked by a scenario', (cause) => {
    expect(byCause.get(cause)).not.toEqual([]);
  });

  it('are no longer an exception once a scenario provokes them', () => {
    const provoked = CAUSES.filter((cause) => byCause.get(cause)?.length);
    expect(provoked.filter((cause) => EXCEPTIONS[cause])).toEqual([]);
  });

  it('that a diagnose step names are all known', () => {
    const named = scenarios.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'diagnose' ? step.diagnose.causes : [])),
    );
    expect(named.filter((cause) => !CAUSES.some((known) => known === cause))).toEqual([]);
  });

  it('have one row each in the table of docs/diagnosis.md, with their scenarios or the reason for none', () => {
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
        .join(', ') || `none: ${EXCEPTIONS[cause]}`,
    ]);
    expect(rows.filter(([cause]) => cause !== 'cause')).toEqual(expected);
  });
});
