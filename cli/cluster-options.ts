import { Option, type Command } from 'commander';

import { UsageError } from '../base/errors.ts';
import { IMAGE_MODES, type ImageMode } from '../clusters/images/images.ts';
import { DEFAULT_IMPLEMENTATION } from '../clusters/implementations/registry.ts';
import { TOPOLOGIES, type Topology } from '../clusters/topology.ts';

/** The flags that say which cluster is wanted, the same for `up` and `run`. */
export interface ClusterFlags {
  topology: Topology;
  implementation: string;
  workers: number;
  images: ImageMode;
  registryPrefix?: string;
  network?: string;
  name?: string;
  yes: boolean;
}

export function addClusterOptions(command: Command): Command {
  command
    .addOption(
      new Option('--topology <shape>', 'families of the cluster').choices(TOPOLOGIES).default('dual'),
    )
    .option(
      '--implementation <name@version/mode>',
      'what is tested; name/mode@path:FOLDER builds a checkout',
      DEFAULT_IMPLEMENTATION,
    )
    .option('--name <name>', 'name of the cluster');
  return addMakingOptions(command);
}

/** How a cluster is made, whichever it is. */
export function addMakingOptions(command: Command): Command {
  return addImageOptions(command.option('--workers <n>', 'worker nodes', wholeNumber('--workers', 1, 20), 2));
}

export function addImageOptions(command: Command): Command {
  return command
    .addOption(new Option('--images <how>', 'where images come from').choices(IMAGE_MODES).default('auto'))
    .option('--registry-prefix <host/path>', 'mirror of the registries, for published images')
    .option('--network <name>', 'existing Docker network, instead of one of the cluster’s own')
    .option('-y, --yes', 'install what is missing without asking', false);
}

/** A commander parser. @throws UsageError `DUALVIP_FLAG_INVALID` */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new UsageError(
      'DUALVIP_FLAG_INVALID',
      `${flag} ${text}: a whole number from ${least} to ${most} is needed`,
      {
        hint: `Write for instance ${flag} ${least}.`,
      },
    );
  };
}

/** A commander parser for `1/3`. @throws UsageError `DUALVIP_FLAG_INVALID` */
export function shard(text: string): string {
  const [, index, count] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (index && count && Number(index) <= Number(count)) return text;
  throw new UsageError('DUALVIP_FLAG_INVALID', `--shard ${text}: a part of a number of parts is needed`, {
    hint: 'Write for instance --shard 1/2, and --shard 2/2 for the rest.',
  });
}
