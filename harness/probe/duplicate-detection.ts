import { z } from 'zod';

import { canonical } from '../../base/addresses.ts';
import { converge } from '../../base/converge.ts';
import type { Ip } from './routes.ts';

/** One probe and its bound (RFC 4862, 5.1: 1 s by default), with room for a busy machine. */
const DETECTION_MS = 5_000;

const linksSchema = z.array(
  z.object({
    addr_info: z.array(
      z.object({
        local: z.string().optional(),
        tentative: z.boolean().optional(),
        dadfailed: z.boolean().optional(),
      }),
    ),
  }),
);

export type AddressState = 'absent' | 'tentative' | 'duplicate' | 'ready';

/** The state of an IPv6 address in the output of `ip -json -6 addr show`. */
export function addressState(json: string, address: string): AddressState {
  const wanted = canonical(address);
  const entry = linksSchema
    .parse(JSON.parse(json || '[]'))
    .flatMap((link) => link.addr_info)
    .find(({ local }) => local !== undefined && canonical(local) === wanted);
  if (!entry) return 'absent';
  if (entry.dadfailed) return 'duplicate';
  return entry.tentative ? 'tentative' : 'ready';
}

/**
 * Waits until duplicate address detection is done: a tentative address is not used as a source (RFC 4862, 5.4),
 * so a probe before that would fail for a reason of ours. (Docker assigns addresses without it; others do not.)
 * @throws HarnessError `DUALVIP_TIMEOUT`
 */
export async function waitUntilUsable(options: {
  ip: Ip;
  address: string;
  signal?: AbortSignal | undefined;
}): Promise<void> {
  const { ip, address, signal } = options;
  await converge({
    what: `the probe's own address ${address} to pass duplicate address detection`,
    observe: async () => addressState(await ip(['-json', '-6', 'addr', 'show']), address),
    until: (state) => state === 'ready',
    timeoutMs: DETECTION_MS,
    signal,
  });
}
