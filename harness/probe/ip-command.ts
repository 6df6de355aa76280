import { FAMILIES, type Family } from '../../base/addresses.ts';

/** iproute2's flag for a family. */
export const IP_FLAG: Readonly<Record<Family, string>> = { IPv4: '-4', IPv6: '-6' };

/** Shell lines that take a container's default routes away: it has no way off its own links then. */
export const NO_WAY_OFF = FAMILIES.map((family) => `ip ${IP_FLAG[family]} route flush exact default`).join(
  '\n',
);
