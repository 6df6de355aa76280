import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import { familyOf } from '../../base/addresses.ts';
import { run } from '../../base/command.ts';
import { messageOf } from '../../base/errors.ts';
import { type Check, check } from './check.ts';
import type { Engine } from './engine.ts';

export interface BridgeCheckOptions {
  engine: Pick<Engine, 'environment'>;
  signal?: AbortSignal | undefined;
  command?: typeof run;
  /** Hexadecimal digits that make name and subnet unlike any other's; 10 or more. */
  id?: string;
}

/** What `docker network inspect` prints, as far as it matters here. */
const Networks = z.tuple([
  z.object({
    EnableIPv6: z.boolean(),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })) }),
  }),
]);

/**
 * Whether the engine makes a bridge with both families: it makes one and removes it. An engine that is told
 * `--ipv6` and cannot do it may drop the option, and kind then makes a cluster of one family, so what was made
 * is looked at.
 */
export async function ipv6BridgeCheck(options: BridgeCheckOptions): Promise<Check> {
  const { engine, signal, command = run, id = randomBytes(5).toString('hex') } = options;
  const name = `dualvip-check-${id}`;
  const docker = (...args: string[]) => command('docker', args, { env: engine.environment, signal });
  try {
    await docker(
      'network',
      'create',
      '--ipv6',
      '--subnet',
      localSubnet(id),
      '--label',
      'dualvip.check',
      name,
    );
  } catch (error) {
    signal?.throwIfAborted();
    return verdict(messageOf(error).split('\n').at(-1) ?? '', 'fail');
  }
  try {
    const [network] = Networks.parse(JSON.parse(await docker('network', 'inspect', name)));
    const families = network.IPAM.Config.map(({ Subnet }) => familyOf(Subnet.replace(/\/.*/, '')));
    const both = network.EnableIPv6 && families.includes('IPv4') && families.includes('IPv6');
    return verdict(families.sort().join(' and ') || 'no subnet', both ? 'ok' : 'fail');
  } finally {
    // Without the signal: the network goes also when the user has had enough.
    await command('docker', ['network', 'rm', name], { env: engine.environment });
  }
}

function verdict(found: string, status: Check['status']): Check {
  return check({
    id: 'ipv6-bridge',
    what: 'Docker bridge with IPv6',
    found,
    needed: 'a subnet of each family',
    status,
    fix: 'See that the kernel has IPv6; with an old one, load ip6_tables: modprobe ip6_tables.',
  });
}

/**
 * A /64 of fd00::/8 with a random global id (RFC 4193, section 3.2). Before 27.0 Docker has no IPv6 pool of its
 * own to choose from.
 */
export function localSubnet(id: string): string {
  return `fd${id.slice(0, 2)}:${id.slice(2, 6)}:${id.slice(6, 10)}::/64`;
}
