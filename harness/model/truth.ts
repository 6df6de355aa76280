import type { Family } from '../../base/addresses.ts';
import { caseId, LISTED, type Case } from './case.ts';
import { expectedOf, type Phase } from './outcome.ts';
import { SERVICE, STEP_IDS } from './scenario.ts';

/** A case's row of the truth table, without what was measured. */
export interface Truth {
  id: string;
  topology: string;
  policy: string;
  families: string;
  shape: string;
  operation: string;
  service: string;
  /** What is expected at the end of which step. */
  phases: { step: string; expected: 'refused' | Family[] }[];
}

export function truthOf(one: Case): Truth {
  const { topology, policy, families, shape, operation } = one;
  const listed = LISTED[families];
  return {
    id: caseId(one),
    topology,
    policy,
    families: listed ? `[${listed.join(', ')}]` : 'unset',
    shape,
    operation,
    service: SERVICE,
    phases: phasesOf(one),
  };
}

function phasesOf(one: Case): Truth['phases'] {
  const expected = expectedOf(one);
  if ('refused' in expected) return [{ step: STEP_IDS.create, expected: 'refused' }];
  const { created, after } = expected;
  const first = { step: STEP_IDS.created, expected: familiesOf(created) };
  if (!after) return [first];
  return after.refused
    ? [first, { step: STEP_IDS.change, expected: 'refused' }]
    : [first, { step: STEP_IDS.after, expected: familiesOf(after) }];
}

function familiesOf({ addresses }: Phase): Family[] {
  return addresses.map(({ family }) => family);
}
