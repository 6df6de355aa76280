import { FAMILIES, familyOf } from '../../base/addresses.ts';
import type { Check, Observation } from '../../reports/record/record.ts';
import type { Many } from '../scenario/schema.ts';
import { addressesCheck } from './addresses.ts';
import type { PoolRanges } from './pools.ts';
import { lastStates } from './state.ts';

export interface ManyContext {
  step: string;
  observations: readonly Observation[];
  pools: PoolRanges;
  /** The moment that counts. */
  at: number;
}

/** So many offenders are named; the record has all of them. */
const NAMED = 5;

/** Compares many Services with what each of them must have: a check a family, and that no address comes twice. */
export function checkMany(many: Many, { step, observations, pools, at }: ManyContext): Check[] {
  const services = [...lastStates(observations, at).values()].filter(
    ({ service, deleted }) => !deleted && service.startsWith(many.services),
  );
  const families = FAMILIES.map((family): Check => {
    const wanted = many.addresses.filter((one) => one.family === family);
    const wrong = services.filter(
      ({ addresses }) =>
        !addressesCheck({
          family,
          wanted,
          addresses: addresses.filter((one) => familyOf(one) === family),
          pools,
        }).ok,
    );
    const each = wanted.map(({ pool }) => `an ${family} address${pool ? ` of ${pool}` : ''}`).join(', ');
    return {
      step,
      subject: family,
      ok: wrong.length === 0,
      expected: `each has ${each || `no ${family} address`}`,
      observed:
        wrong.length === 0
          ? `${services.length} have`
          : `${wrong.length} of ${services.length} have not: ${named(wrong.map(({ service }) => service))}`,
    };
  });
  const holders = Map.groupBy(
    services.flatMap(({ service, addresses }) => addresses.map((address) => ({ address, service }))),
    ({ address }) => address,
  );
  const twice = [...holders].filter(([, held]) => held.length > 1);
  return [
    ...families,
    {
      step,
      subject: 'pair',
      ok: services.length === many.count,
      expected: `${many.count} Services ${many.services}…`,
      observed: `${services.length}`,
    },
    {
      step,
      subject: 'pair',
      ok: twice.length === 0,
      expected: 'no address twice',
      observed:
        twice.length === 0
          ? `${holders.size} different ones`
          : named(
              twice.map(([address, held]) => `${address} (${held.map(({ service }) => service).join(', ')})`),
            ),
    },
  ];
}

function named(all: readonly string[]): string {
  const more = all.length - NAMED;
  return all.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
