import { messageOf } from '../../../base/errors.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { METALLB_NAMESPACE } from './pools.ts';

const LOG_LINES = 2_000;

/** The last lines of the controller's and speakers' logs, and MetalLB's own objects as they stand. */
export async function metallbEvidence(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const { items: pods } = await client.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace: METALLB_NAMESPACE, signal },
  );
  const logs = pods.map(async ({ metadata: { name } }) => {
    files[`logs/${name}.log`] = await attempt(async () => {
      const lines: string[] = [];
      for await (const line of client.podLog(METALLB_NAMESPACE, name, { tailLines: LOG_LINES, signal }))
        lines.push(line);
      return lines.join('\n');
    });
  });
  const objects = ['IPAddressPool', 'L2Advertisement', 'ServiceL2Status'].map(async (kind) => {
    files[`metallb/${kind}.json`] = await attempt(async () =>
      JSON.stringify(
        await client.list(
          { apiVersion: 'metallb.io/v1beta1', kind },
          { namespace: METALLB_NAMESPACE, signal },
        ),
        null,
        2,
      ),
    );
  });
  await Promise.all([...logs, ...objects]);
  return files;
}

/** Evidence that cannot be had says why, in its place; the rest is still taken. */
async function attempt(take: () => Promise<string>): Promise<string> {
  try {
    return await take();
  } catch (error) {
    return `could not be taken: ${messageOf(error)}\n`;
  }
}
