import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import type { Check, EventObservation } from '../../reports/record/record.ts';
import type { Expectation, ExpectedAddress, ExpectedEvent } from '../scenario/expectation.ts';
import { poolsOf, type PoolRanges } from './pools.ts';
import type { ServiceState } from './state.ts';

export interface ExpectationContext {
  step: string;
  pools: PoolRanges;
  state: ServiceState;
  /** The states of the Services that `distinctFrom` names. */
  others: Readonly<Record<string, ServiceState>>;
}

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
  // Each wanted address takes one that fits; a wanted pool is more particular than none, so it chooses first.
  const left = new Set(got);
  const unmet = wanted
    .toSorted((a, b) => Number(b.pool !== undefined) - Number(a.pool !== undefined))
    .filter(({ pool }) => {
      const fitting = [...left].find(
        (address) => pool === undefined || poolsOf(address, pools).includes(pool),
      );
      return fitting === undefined || !left.delete(fitting);
    });
  return {
    step,
    subject: family,
    ok: unmet.length === 0 && left.size === 0,
    expected: wanted.length === 0 ? `no ${family} address` : wanted.map(describeWanted).join(', '),
    observed: got.length === 0 ? `no ${family} address` : describe(got, pools),
  };
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

function describeWanted({ family, pool }: ExpectedAddress): string {
  return `an ${family} address${pool ? ` of ${pool}` : ''}`;
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
