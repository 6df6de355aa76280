import { UsageError } from '../base/errors.ts';
import { Docker } from '../clusters/docker.ts';
import {
  openExisting,
  type ExistingAccess,
  type ExistingCluster,
} from '../clusters/existing/existing-cluster.ts';
import type { Engine } from '../clusters/engine/engine.ts';
import { giveAgent, probeCommand } from '../harness/probe/given-container.ts';
import { implementationTitle } from '../reports/record/implementation-name.ts';
import type { CommandContext } from './context.ts';
import type { ExistingFlags } from './existing-options.ts';
import { presentEngine } from './prepare.ts';

export interface ChosenExisting {
  cluster: ExistingCluster;
  /** Where the probe is. */
  engine: Engine | undefined;
}

/**
 * The cluster that --kubeconfig leads to, and the probe that was named; without one, how to start one is told.
 * `implementation`: as the user has named it.
 */
export async function existingFor(
  flags: ExistingFlags & { kubeconfig: string },
  implementation: string | undefined,
  { signal, progress }: CommandContext,
): Promise<ChosenExisting> {
  const prepared = flags.probe === undefined ? undefined : await presentEngine(signal);
  const probe = prepared && (await giveAgent(prepared.docker, flags.probe ?? '', signal));
  const access: ExistingAccess = {
    kubeconfig: flags.kubeconfig,
    context: flags.context,
    implementation,
    ranges: {
      ...(flags.ipv4Range === undefined ? {} : { IPv4: flags.ipv4Range }),
      ...(flags.ipv6Range === undefined ? {} : { IPv6: flags.ipv6Range }),
    },
    probe,
    backendImage: flags.backendImage,
  };
  const cluster = await openExisting(access, signal);
  const { name, topology } = cluster.state;
  progress.note(
    `cluster ${name} (${topology}, ${implementationTitle(cluster.implementation.ref)}), not made by dualvip`,
  );
  if (!probe) {
    const command = await probeCommand(new Docker(process.env), cluster.nodes, signal);
    progress.note('reachability is not judged: there is no probe. On a host of the nodes’ link,');
    progress.note(`  ${command}`);
    progress.note('starts one, and --probe dualvip-probe takes it (docs/any-cluster.md)');
  }
  return { cluster, engine: prepared?.engine };
}

/** @throws UsageError `DUALVIP_KUBECONFIG_MISSING` */
export function kubeconfigIn(flags: { kubeconfig?: string }): string {
  const file = flags.kubeconfig ?? (process.env['KUBECONFIG'] || undefined);
  if (file !== undefined) return file;
  throw new UsageError('DUALVIP_KUBECONFIG_MISSING', 'no kubeconfig was given', {
    hint: 'Give --kubeconfig FILE, or set KUBECONFIG.',
  });
}
