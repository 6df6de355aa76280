import ipaddr from 'ipaddr.js';

import { familyOf, parseAddress, toBigInt, type Address, type Family } from '../../base/addresses.ts';
import { messageOf } from '../../base/errors.ts';

export interface Addresses {
  first: Address;
  last: Address;
}

/** Nobody on the Internet has them: RFC 1918, RFC 4193, and the prefixes for documentation. */
const PRIVATE: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'reserved']);

/** Reads `10.0.50.1-10.0.50.254`; else gives what is wrong with it, for the author of a scenario. */
export function literalRange(text: string, family: Family): Addresses | string {
  const [from = '', to = '', ...rest] = text.split('-');
  if (rest.length > 0 || to === '') return 'write addresses as `first-last`';
  let first: Address;
  let last: Address;
  try {
    [first, last] = [parseAddress(from), parseAddress(to)];
  } catch (error) {
    return messageOf(error);
  }
  for (const address of [first, last]) {
    if (familyOf(address) !== family) return `${address.toString()} is no ${family} address`;
    if (!PRIVATE.has(address.range())) {
      return `${address.toString()} may be somebody's: take private addresses (RFC 1918, RFC 4193)`;
    }
  }
  if (toBigInt(last) < toBigInt(first)) return 'the last address comes before the first';
  return { first, last };
}

/** Whether a range has an address of a subnet. */
export function overlaps({ first, last }: Addresses, subnet: string): boolean {
  const [network, length] = ipaddr.parseCIDR(subnet);
  if (familyOf(network) !== familyOf(first)) return false;
  const bits = BigInt((familyOf(network) === 'IPv4' ? 32 : 128) - length);
  return (
    toBigInt(first) >> bits <= toBigInt(network) >> bits &&
    toBigInt(network) >> bits <= toBigInt(last) >> bits
  );
}
