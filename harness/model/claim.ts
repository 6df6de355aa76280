import type { Case } from './case.ts';
import type { Expected } from './outcome.ts';

/**
 * The guide's claim that a case's last phase rests on, as docs/scenarios.md counts them; undefined where the API
 * refuses, which the guide says nothing about.
 */
export function claimOf({ shape, operation }: Case, expected: Expected): string | undefined {
  if ('refused' in expected || expected.after?.refused) return undefined;
  const { spec, addresses } = expected.after ?? expected.created;
  if (spec.policy === 'SingleStack') return 'C1';
  const wasSingle = expected.created.spec.policy === 'SingleStack';
  if (wasSingle && spec.policy === 'PreferDualStack') return 'C12';
  const isComplete = addresses.length === 2;
  const isPreferred = spec.policy === 'PreferDualStack';
  if (operation === 'add-pool') return isPreferred ? 'C13' : 'C14';
  if (isComplete && shape === 'separate') return 'C6';
  if (isPreferred) return isComplete ? 'C2' : 'C3';
  return isComplete ? 'C4' : 'C5';
}
