import { z } from 'zod';

import { canonical } from '../../base/addresses.ts';

/** An entry of the kernel's neighbour table, ARP's (RFC 826) or NDP's (RFC 4861). */
export interface Neighbour {
  /** In canonical text. */
  address: string;
  /** Normalised; undefined while the address is not resolved (INCOMPLETE) and where it was not (FAILED). */
  mac: string | undefined;
  /** `REACHABLE`, `STALE`, `DELAY`, `PROBE`, `INCOMPLETE`, `FAILED`, `PERMANENT`, as ip-neighbour(8) says. */
  state: string;
  device: string;
}

function neighboursSchema(device: string | undefined) {
  return z.array(
    z.object({
      dst: z.string(),
      // Left out where one device was asked for.
      dev: device === undefined ? z.string() : z.string().default(device),
      lladdr: z.string().optional(),
      state: z.array(z.string()).default([]),
    }),
  );
}

/** Parses the output of `ip -json neigh`; `device`: the one that was asked for. @throws ZodError, SyntaxError */
export function parseNeighbours(json: string, device?: string): Neighbour[] {
  return neighboursSchema(device)
    .parse(JSON.parse(json || '[]'))
    .map(({ dst, dev, lladdr, state }) => ({
      address: canonical(dst),
      mac: lladdr === undefined ? undefined : normaliseMac(lladdr),
      state: state.join(','),
      device: dev,
    }));
}

/** `02-42-AC-12-0-3` as `02:42:ac:12:00:03`, so that equal addresses compare equal. */
export function normaliseMac(text: string): string {
  return text
    .toLowerCase()
    .split(/[:-]/)
    .map((octet) => octet.padStart(2, '0'))
    .join(':');
}
