import type { ConditionWords, EventWords, Telling } from '../implementation.ts';

const CONDITION = 'cilium.io/IPAMRequestSatisfied';

/**
 * What LB-IPAM says in the Service's status; it writes no events. Its words are the same whether a Service
 * lacks one of two addresses or has none, so the addresses tell partial from refused.
 */
export function ciliumTelling(
  _events: readonly EventWords[],
  conditions: readonly ConditionWords[],
  addresses: readonly string[],
): Telling | undefined {
  const condition = conditions.find(({ type }) => type === CONDITION);
  if (!condition) return undefined;
  const { status, reason, message } = condition;
  const text = message === '' ? reason : `${reason}: ${message}`;
  if (status === 'True') return { said: 'satisfied', text };
  return { said: addresses.length > 0 ? 'partial' : 'refused', text };
}
