import { listImages, pruneImages } from '../../clusters/images/images.ts';
import type { ClusterFlags } from '../cluster-options.ts';
import type { CommandContext } from '../context.ts';
import { makeImages, presentEngine } from '../prepare.ts';
import { table } from '../table.ts';

export async function buildImages(
  flags: Pick<ClusterFlags, 'images' | 'registryPrefix' | 'implementation' | 'yes'>,
  context: CommandContext,
): Promise<number> {
  const { images } = await makeImages(flags, context);
  context.print(`node image   ${images.node}`);
  context.print(`probe image  ${images.probe}`);
  return 0;
}

export async function showImages(
  flags: { json: boolean },
  { signal, print }: CommandContext,
): Promise<number> {
  const { docker } = await presentEngine(signal);
  const images = await listImages(docker);
  if (flags.json) print(JSON.stringify(images, null, 2));
  else
    print(
      table(
        ['IMAGE', 'ID', 'SIZE', 'CREATED'],
        images.map(({ reference, id, size, created }) => [reference, id, size, created]),
      ),
    );
  return 0;
}

export async function removeImages({ signal, progress, print }: CommandContext): Promise<number> {
  const { docker } = await presentEngine(signal);
  const removed = await progress.step('removing images', () => pruneImages(docker));
  print(removed.length > 0 ? removed.map((name) => `removed ${name}`).join('\n') : 'nothing to remove');
  return 0;
}
