import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import type { Check, EventObservation } from '../../reports/record/record.ts';
import type { Expectation, ExpectedAddress, ExpectedEvent } from '../scenario/expectation.ts';
import { addressesCheck } from './addresses.ts';
import { poolsOf, type PoolRanges } from './pools.ts';
import type { ServiceState } from './state.ts';

export interface ExpectationContext {
  step: string;
  pools: PoolRanges;
  state: ServiceState;
  /** The states of the Services that `distinctFrom` and `sharesWith` name. */
  others: Readonly<Record<string, ServiceState>>;
  /** The addresses at the end of the step that `keeps` names. */
  kept?: readonly string[] | undefined;
  /** The same of the step that `loses` names. */
  lost?: readonly string[] | undefined;
  /** How the implementation tells of a Service's addresses. */
  telling?: TellingOf | undefined;
}

/** What an implementation has told last on a Service. */
export type TellingOf = (state: ServiceState) => { said: string; text: string } | undefined;

/** Compares what is expected of a Service with its state: one check a family, and those of the pair. */
export function checkExpectation(expectation: Expectation, context: ExpectationContext): Check[] {
  const { step, state } = context;
  const { service } = state;
  const expected = expectation.pending ? [] : expectation.addresses;
  const addresses = service?.addresses ?? [];
  const checks: Check[] = [];
  const pair = (ok: boolean, wanted: string, observed: string) =>
    checks.push({ step, subject: 'pair', ok, expected: wanted, observed });
  if (!service) pair(false, `Service ${expectation.service} exists`, 'it does not');
  if (expected) {
    for (const family of FAMILIES) checks.push(familyCheck(family, expected, addresses, context));
    const [wanted, observed] = [count(expected.length), describe(addresses, context.pools)];
    pair(addresses.length === expected.length, wanted, observed);
    if (expectation.order === 'listed') {
      const order = addresses.map((address) => familyOf(address));
      const listed = expected.map(({ family }) => family);
      pair(
        listed.join() === order.join(),
        `in the status ${listed.join(' before ')}`,
        order.join(', ') || 'no address',
      );
    }
  }
  if (expectation.primary) {
    const clusterIP = service?.clusterIPs[0];
    // A headless Service has the word None there.
    const families = [service?.ipFamilies[0], clusterIP?.match(/[.:]/) ? familyOf(clusterIP) : clusterIP];
    pair(
      families.every((family) => family === expectation.primary),
      `primary family ${expectation.primary}`,
      `ipFamilies[0] ${families[0] ?? 'missing'}, clusterIPs[0] ${families[1] ?? 'missing'}`,
    );
  }
  for (const name of expectation.distinctFrom) {
    const shared = addresses.filter((address) => context.others[name]?.service?.addresses.includes(address));
    pair(shared.length === 0, `no address that ${name} has`, shared.join(', ') || 'none');
  }
  for (const name of expectation.sharesWith) {
    const theirs = context.others[name]?.service?.addresses ?? [];
    const same = addresses.length > 0 && addresses.toSorted().join() === theirs.toSorted().join();
    pair(
      same,
      `the addresses that ${name} has: ${theirs.join(', ') || 'none'}`,
      addresses.join(', ') || 'none',
    );
  }
  if (context.kept) checks.push(...keptChecks(context.kept, addresses, step));
  if (context.lost) checks.push(...lostChecks(context.lost, addresses, step));
  if (expectation.says) {
    const told = context.telling?.(state);
    pair(
      (told?.said ?? 'nothing') === expectation.says,
      `the implementation says: ${expectation.says}`,
      told ? `${told.said} (${told.text})` : 'it says nothing',
    );
  }
  for (const event of expectation.events) {
    const found = state.events.find((one) => matches(event, one));
    pair(
      found !== undefined,
      `event ${describeExpected(event)}`,
      found ? describeEvent(found) : describeEvents(state.events),
    );
  }
  return checks;
}

function familyCheck(
  family: Family,
  expected: readonly ExpectedAddress[],
  addresses: readonly string[],
  { step, pools }: ExpectationContext,
): Check {
  const wanted = expected.filter((one) => one.family === family);
  const got = addresses.filter((address) => familyOf(address) === family);
  return {
    step,
    subject: family,
    ...addressesCheck({ family, wanted, addresses: got, pools }),
    observed: got.length === 0 ? `no ${family} address` : describe(got, pools),
  };
}

/** Each family on its own: one may keep its address while the other loses its own. */
function keptChecks(kept: readonly string[], addresses: readonly string[], step: string): Check[] {
  return byFamily(kept, addresses).map(({ family, before, now }) => ({
    step,
    subject: family,
    ok: before.every((address) => now.includes(address)),
    expected: `keeps ${before.join(', ')}`,
    observed: now.join(', ') || `no ${family} address`,
  }));
}

function lostChecks(lost: readonly string[], addresses: readonly string[], step: string): Check[] {
  return byFamily(lost, addresses).map(({ family, before, now }) => ({
    step,
    subject: family,
    ok: !before.some((address) => now.includes(address)),
    expected: `has lost ${before.join(', ')}`,
    observed: now.join(', ') || `no ${family} address`,
  }));
}

function byFamily(before: readonly string[], now: readonly string[]) {
  return FAMILIES.map((family) => ({
    family,
    before: before.filter((address) => familyOf(address) === family),
    now: now.filter((address) => familyOf(address) === family),
  })).filter((one) => one.before.length > 0);
}

function matches(expected: ExpectedEvent, event: EventObservation): boolean {
  return (
    expected.reason === event.reason &&
    (expected.type === undefined || expected.type === event.type) &&
    (expected.message === undefined || new RegExp(expected.message).test(event.message))
  );
}

function count(addresses: number): string {
  return addresses === 0
    ? 'Pending: no address'
    : `exactly ${addresses} ${addresses === 1 ? 'address' : 'addresses'}`;
}

function describe(addresses: readonly string[], pools: PoolRanges): string {
  if (addresses.length === 0) return 'no address';
  return addresses
    .map((address) => `${address} (${poolsOf(address, pools).join(', ') || 'of no pool here'})`)
    .join(', ');
}

function describeExpected({ reason, type, message }: ExpectedEvent): string {
  return `${type ? `${type} ` : ''}${reason}${message ? ` with "${message}"` : ''}`;
}

function describeEvent({ type, reason, message }: EventObservation): string {
  return `${type} ${reason}: ${message}`;
}

function describeEvents(events: readonly EventObservation[]): string {
  return events.length === 0 ? 'no event' : events.map(describeEvent).join('; ');
}
