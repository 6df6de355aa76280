import {
  canonical,
  FAMILIES,
  familyOf,
  fromBigInt,
  parseAddress,
  toBigInt,
  type Family,
} from '../../base/addresses.ts';
import { messageOf, UsageError } from '../../base/errors.ts';
import { asRange, findPlace, type CarvedRange, type Interval, type WantedRange } from './carve.ts';
import { prefixesOf } from './prefixes.ts';
import type { Scenario } from './schema.ts';

/** Ranges that were given for a run, as `first-last`. */
export type Given = Partial<Record<Family, string>>;

/**
 * Reads what was given by a flag, `10.0.0.10-10.0.0.30` or `10.0.0.16/28`, as `first-last`. All of a CIDR is meant, as
 * in a pool.
 * @throws UsageError `DUALVIP_FLAG_INVALID`
 */
export function readGiven(flag: string, text: string, family: Family): string {
  const invalid = (problem: string, cause?: unknown) =>
    new UsageError('DUALVIP_FLAG_INVALID', `${flag} ${text}: ${problem}`, {
      cause,
      hint: `Write for instance ${flag} ${family === 'IPv4' ? '192.168.1.240-192.168.1.250 or 192.168.1.240/28' : 'fd00:1::f000-fd00:1::f0ff or fd00:1::f000/120'}.`,
    });
  let ends: [bigint, bigint];
  try {
    ends = text.includes('/') ? ofCidr(text, family) : ofEnds(text, family);
  } catch (error) {
    throw invalid(messageOf(error), error);
  }
  const [first, last] = ends;
  if (last < first) throw invalid('the last address comes before the first');
  return [first, last].map((value) => canonical(fromBigInt(value, family))).join('-');
}

function ofEnds(text: string, family: Family): [bigint, bigint] {
  const [first = '', last = '', ...rest] = text.split('-').map((one) => one.trim());
  if (rest.length > 0 || last === '') throw new Error('neither first-last nor a CIDR');
  return [valueOf(first, family), valueOf(last, family)];
}

function ofCidr(text: string, family: Family): [bigint, bigint] {
  const [address = '', length = ''] = text.split('/');
  const value = valueOf(address, family);
  const bits = family === 'IPv4' ? 32 : 128;
  if (!/^\d+$/.test(length) || Number(length) > bits) throw new Error(`/${length} is no length of a prefix`);
  const size = 1n << BigInt(bits - Number(length));
  if (value % size !== 0n) throw new Error(`${address} is not the first address of a /${length}`);
  return [value, value + size - 1n];
}

function valueOf(text: string, family: Family): bigint {
  const address = parseAddress(text);
  if (familyOf(address) !== family) throw new Error(`${text} is no ${family} address`);
  return toBigInt(address);
}

/** Of a large range only the first are used: the last of a /64 could not be read. */
const MOST = 1n << 16n;

function intervalOf(text: string): Interval {
  const [first = 0n, last = 0n] = text.split('-').map((one) => toBigInt(parseAddress(one)));
  return { first, last: last - first < MOST ? last : first + MOST - 1n };
}

/** The prefixes that cover what ranges are cut from. */
export function givenPrefixes(given: Given): string[] {
  return FAMILIES.flatMap((family) => {
    const text = given[family];
    if (text === undefined) return [];
    const { first, last } = intervalOf(text);
    return prefixesOf({ first: fromBigInt(first, family), last: fromBigInt(last, family) });
  });
}

/** The ranges of each scenario, or why it has none. */
export type GivenPlaces = Map<string, CarvedRange[] | string>;

/**
 * Cuts the ranges of scenarios that run one after another: each gets addresses that the ones before it did not have, for as
 * long as there are such, and then those again.
 */
export function carveGiven(scenarios: readonly Pick<Scenario, 'id' | 'ranges'>[], given: Given): GivenPlaces {
  const used: Record<Family, Interval[]> = { IPv4: [], IPv6: [] };
  return new Map(
    scenarios.map(({ id, ranges }): [string, CarvedRange[] | string] => {
      const wanted = Object.entries(ranges).map(([name, { family, size }]): WantedRange => ({
        scenario: id,
        name,
        family,
        size: size ?? 1,
      }));
      const cuts = FAMILIES.map((family) => {
        const own = wanted.filter((range) => range.family === family);
        const cut =
          own.length === 0 ? new Map<WantedRange, Interval>() : cutOf(own, given[family], used[family]);
        if (typeof cut === 'string') return cut;
        const spans = [...cut.values()];
        // The round begins anew, with these.
        if (spans.some((one) => used[family].some((other) => meets(one, other)))) used[family] = [];
        used[family].push(...spans);
        return cut;
      });
      const problems = cuts.filter((cut) => typeof cut === 'string');
      if (problems.length > 0) return [id, problems.join('; ')];
      const places = new Map(cuts.flatMap((cut) => (typeof cut === 'string' ? [] : [...cut])));
      return [
        id,
        wanted.flatMap((range) => {
          const place = places.get(range);
          return place ? [asRange(range, place)] : [];
        }),
      ];
    }),
  );
}

function cutOf(
  wanted: readonly WantedRange[],
  text: string | undefined,
  used: readonly Interval[],
): Map<WantedRange, Interval> | string {
  const family = wanted[0]?.family;
  if (text === undefined) return `it takes ${family} addresses, and no range of them was given`;
  const interval = intervalOf(text);
  const cut = placeAll(wanted, interval, used) ?? placeAll(wanted, interval, []);
  if (cut) return cut;
  const sizes = wanted.map(({ size }) => size).join(' + ');
  return `${text} has no room for the ${sizes} ${family} addresses that it takes`;
}

/** Largest first, so that small ones do not break up the places where large ones fit. */
function placeAll(
  wanted: readonly WantedRange[],
  interval: Interval,
  used: readonly Interval[],
): Map<WantedRange, Interval> | undefined {
  const places = new Map<WantedRange, Interval>();
  for (const range of wanted.toSorted((a, b) => b.size - a.size)) {
    const place = findPlace(range, interval, [...used, ...places.values()]);
    if (!place) return undefined;
    places.set(range, place);
  }
  return places;
}

function meets(one: Interval, other: Interval): boolean {
  return one.first <= other.last && other.first <= one.last;
}
