import ipaddr from 'ipaddr.js';

import { HarnessError } from './errors.ts';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

export const FAMILIES = ['IPv4', 'IPv6'] as const;
/** As Kubernetes writes it in `spec.ipFamilies`. */
export type Family = (typeof FAMILIES)[number];

/** @throws HarnessError `DUALVIP_ADDRESS_INVALID` */
export function parseAddress(text: string): Address {
  // `ipaddr.isValid` alone also takes inet_aton(3)'s short and octal forms: 10.1, 010.0.0.1.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) {
    throw new HarnessError('DUALVIP_ADDRESS_INVALID', `"${text}" is not an IPv4 or IPv6 address`);
  }
  return ipaddr.parse(text);
}

export function familyOf(address: Address | string): Family {
  const parsed = typeof address === 'string' ? parseAddress(address) : address;
  return parsed.kind() === 'ipv4' ? 'IPv4' : 'IPv6';
}

/** The canonical text of an address: RFC 5952 for IPv6, so that equal addresses compare equal. */
export function canonical(address: Address | string): string {
  const parsed = typeof address === 'string' ? parseAddress(address) : address;
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString();
}

/** `192.0.2.1:80` or `[2001:db8::1]:80`: the one place that knows of brackets. */
export function hostPort(address: Address | string, port: number): string {
  const text = canonical(address);
  return text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`;
}

/** Whether an address is one of a CIDR, such as `10.244.0.0/24`; false where the families differ. */
export function isIn(address: Address | string, cidr: string): boolean {
  const parsed = typeof address === 'string' ? parseAddress(address) : address;
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return network.kind() === parsed.kind() && parsed.match(network, bits);
}

/** An address as an unsigned number, for range arithmetic; 32 or 128 bits by family. */
export function toBigInt(address: Address): bigint {
  return address.toByteArray().reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The inverse of `toBigInt`. */
export function fromBigInt(value: bigint, family: Family): Address {
  const length = family === 'IPv4' ? 4 : 16;
  const bytes = Array.from({ length }, (_, index) =>
    Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn),
  );
  return ipaddr.fromByteArray(bytes);
}
