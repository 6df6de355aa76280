import type { Command } from 'commander';

import { FAMILIES, type Family } from '../base/addresses.ts';
import { UsageError } from '../base/errors.ts';
import { readGiven } from '../harness/scenario/given-ranges.ts';

/** The flags that lead to a cluster that dualvip has not made, and say what of it may be used. */
export interface ExistingFlags {
  kubeconfig?: string;
  context?: string;
  ipv4Range?: string;
  ipv6Range?: string;
  probe?: string;
  backendImage?: string;
}

export const RANGE_FLAGS: Record<Family, string> = { IPv4: '--ipv4-range', IPv6: '--ipv6-range' };

export function addContextOptions(command: Command, kubeconfig: string): Command {
  return command
    .option('--kubeconfig <file>', kubeconfig)
    .option('--context <name>', 'of the kubeconfig; default: its current one');
}

export function addExistingOptions(command: Command): Command {
  return addContextOptions(command, 'of a cluster that is there, with MetalLB in it: docs/any-cluster.md')
    .option('--ipv4-range <range>', 'with --kubeconfig: free addresses, as FIRST-LAST or CIDR', (text) =>
      readGiven(RANGE_FLAGS.IPv4, text, 'IPv4'),
    )
    .option('--ipv6-range <range>', 'the same of IPv6; one of the two may be left out', (text) =>
      readGiven(RANGE_FLAGS.IPv6, text, 'IPv6'),
    )
    .option('--probe <container>', 'with --kubeconfig: started by the command that is printed without it')
    .option('--backend-image <image>', 'with --kubeconfig: agnhost from elsewhere than its registry');
}

/** Flags that are about a cluster that is made. */
const OF_A_MADE_CLUSTER = {
  topology: '--topology',
  name: '--name',
  workers: '--workers',
  images: '--images',
  registryPrefix: '--registry-prefix',
  network: '--network',
  keep: '--keep',
  lanes: '--lanes',
};

const OF_AN_EXISTING_ONE = {
  context: '--context',
  ipv4Range: RANGE_FLAGS.IPv4,
  ipv6Range: RANGE_FLAGS.IPv6,
  probe: '--probe',
  backendImage: '--backend-image',
};

/**
 * That flags are about one and the same cluster. `isTyped`: whether the user has given a flag, by the name of its option.
 * @throws UsageError `DUALVIP_FLAGS_CONFLICT`, `DUALVIP_RANGE_MISSING`
 */
export function checkExisting(
  flags: ExistingFlags & { nudges?: string },
  isTyped: (option: string) => boolean,
): void {
  const typed = (of: Record<string, string>) =>
    Object.entries(of).flatMap(([option, flag]) => (isTyped(option) ? [flag] : []));
  if (flags.kubeconfig === undefined) {
    const [flag] = typed(OF_AN_EXISTING_ONE);
    if (flag === undefined) return;
    throw new UsageError('DUALVIP_FLAGS_CONFLICT', `${flag} is for a cluster that --kubeconfig leads to`, {
      hint: 'Give --kubeconfig FILE too, or leave it out.',
    });
  }
  const [flag] = typed(OF_A_MADE_CLUSTER);
  if (flag !== undefined) {
    throw new UsageError(
      'DUALVIP_FLAGS_CONFLICT',
      `${flag} is for clusters that dualvip makes, and --kubeconfig leads to one that is there`,
      { hint: `Leave one of the two out.` },
    );
  }
  if (flags.nudges === 'all') {
    throw new UsageError(
      'DUALVIP_FLAGS_CONFLICT',
      '--nudges all restarts the controller, which is not done in a cluster that --kubeconfig leads to',
      { hint: 'Leave it out: light is the default there, also with --all.' },
    );
  }
  if (FAMILIES.every((family) => flags[family === 'IPv4' ? 'ipv4Range' : 'ipv6Range'] === undefined)) {
    throw new UsageError('DUALVIP_RANGE_MISSING', 'no addresses were given for the pools of the run', {
      hint: 'Give free ones of the nodes’ link: --ipv4-range 192.168.1.240-192.168.1.250 --ipv6-range fd00:1::f000/120.',
    });
  }
}
