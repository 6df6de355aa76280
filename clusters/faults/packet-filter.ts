import type { Family } from '../../base/addresses.ts';
import type { FaultPlace } from './fault.ts';
import { inNode, isRunning } from './node-container.ts';

/** One condition of nft(8) for packets that are dropped. */
export interface DropRule {
  hook: 'ingress' | 'egress';
  /** The family that it is about; undefined: both at once. */
  family?: Family;
  match: string;
}

/** A node's interface on the cluster's bridge. */
export const LINK = 'eth0';

/**
 * An nftables table that drops packets on a node's link, as a script for `nft -f`. It is in the netdev family,
 * at the link itself: MetalLB reads ARP from a packet socket, which the arp family's hooks come after, and NDP
 * from a raw socket; and it writes both past inet's output hook. It takes the place of one of the same name, in
 * one transaction.
 */
export function dropScript(table: string, rules: readonly DropRule[]): string {
  const chain = (hook: DropRule['hook']) => [
    `  chain ${hook} {`,
    // Before all others: nothing may see what the network is to have lost.
    `    type filter hook ${hook} device "${LINK}" priority -500; policy accept;`,
    ...rules.filter((rule) => rule.hook === hook).map(({ match }) => `    ${match} counter drop`),
    '  }',
  ];
  return [...removeScript(table), `table netdev ${table} {`, ...chain('ingress'), ...chain('egress'), '}']
    .map((line) => `${line}\n`)
    .join('');
}

function removeScript(table: string): string[] {
  // Adding what is there already changes nothing, so the deletion always finds one.
  return [`add table netdev ${table}`, `delete table netdev ${table}`];
}

interface FilterOptions {
  node: string;
  table: string;
  signal: AbortSignal;
}

export async function installFilter(
  { docker }: Pick<FaultPlace, 'docker'>,
  { node, table, rules, signal }: FilterOptions & { rules: readonly DropRule[] },
): Promise<void> {
  await docker.run(['exec', '--interactive', node, 'nft', '-f', '-'], {
    input: dropScript(table, rules),
    signal,
    hint: 'It takes Linux 5.16 or later in the engine: before that, nftables had no egress hook.',
  });
}

/** Nothing is to be done where the node does not run: its network namespace has gone, and the table with it. */
export async function removeFilter(
  { docker }: Pick<FaultPlace, 'docker'>,
  { node, table, signal }: FilterOptions,
): Promise<void> {
  if (!(await isRunning(docker, node, signal))) return;
  const input = removeScript(table).join('\n');
  await docker.run(['exec', '--interactive', node, 'nft', '-f', '-'], { input, signal });
}

/** How many packets the rules have dropped so far, one number a rule. */
export async function dropped(
  place: Pick<FaultPlace, 'docker'>,
  { node, table, signal }: FilterOptions,
): Promise<number[]> {
  const text = await inNode(place, { node, script: 'nft list table netdev "$1"', args: [table], signal });
  return [...text.matchAll(/counter packets (\d+) bytes \d+ drop/g)].map(([, packets]) => Number(packets));
}
