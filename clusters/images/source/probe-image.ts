import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Docker } from '../../docker.ts';
import { buildImage } from '../image-build.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { place } from './node-image.ts';

export interface ProbeImageOptions {
  docker: Docker;
  signal: AbortSignal;
  reference: string;
  rootfs: string;
}

/** The probe's image: Debian's iproute2, this Node and undici. The agent itself is copied in at each start. */
export async function buildProbeImage({
  docker,
  signal,
  reference,
  rootfs,
}: ProbeImageOptions): Promise<void> {
  await using context = await temporaryFolder();
  const dockerfile = path.join(context.path, 'Dockerfile');
  await place(process.execPath, path.join(context.path, 'node'));
  await context.copyUndici();
  await writeFile(
    dockerfile,
    [
      `FROM ${rootfs}`,
      'COPY node /usr/local/bin/node',
      'COPY node_modules /dualvip/node_modules',
      'WORKDIR /dualvip',
      'CMD ["sleep", "infinity"]',
    ].join('\n'),
  );
  await buildImage({
    docker,
    signal,
    reference,
    dockerfile,
    context: context.path,
    arguments: {},
    label: 'probe',
  });
}
