import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { nameOf, type Rejection } from './facts.ts';

/** How the API server says that it has no service CIDR of a family. */
const SINGLE_STACK = /not configured for dual-stack|not configured on this cluster/;

/** As in `spec.ipFamilies[0]: Invalid value: …`. */
const FIELD = /\b((?:spec|metadata)[\w.[\]]*): (?:Invalid|Required|Forbidden|Unsupported|Duplicate)/;

/** A Service that the API refused: its own words tell why. */
export function diagnoseRejection({ rejection, ...service }: Rejection): Diagnosis {
  const name = nameOf(service);
  const evidence = [`the API says: ${rejection}`];
  if (SINGLE_STACK.test(rejection)) {
    return {
      cause: 'single-stack-cluster',
      text: `The API refuses Service ${name}, because the cluster lacks a family that it requires.`,
      fix: 'Set ipFamilyPolicy to PreferDualStack and leave ipFamilies out, or use a dual-stack cluster.',
      evidence,
    };
  }
  const field = FIELD.exec(rejection)?.[1];
  return {
    cause: 'rejected-by-api',
    text: `The API refuses Service ${name}${field ? `, because of ${field}` : ''}.`,
    fix: field
      ? `Correct ${field} as the API says, and apply it again.`
      : 'Correct what the API says, and apply it again.',
    evidence,
  };
}
