import { z } from 'zod';

import { canonical } from '../../../base/addresses.ts';
import { objectSchema, readAs } from '../../kubernetes/objects.ts';
import type { AnnouncedSeries, Announcing, MetricsOptions, StatusFollower } from '../announcing.ts';
import type { EventWords } from '../implementation.ts';
import { METALLB_NAMESPACE } from './pools.ts';
import { speakerMetrics } from './speaker-metrics.ts';

/** MetalLB's words for which node announces: an event, an object, a metric. */
export const metallbAnnouncing: Announcing = { nodeInEvent, followStatus, metrics };

/** `announcing from node "X" with protocol "layer2"`; a speaker writes it whenever it has looked at the Service. */
function nodeInEvent({ reason, message }: EventWords): string | undefined {
  if (reason !== 'nodeAssigned') return undefined;
  return /^announcing from node "([^"]+)" with protocol "layer2"/.exec(message)?.[1];
}

/** Since 0.14.2, https://github.com/metallb/metallb/pull/2198. */
const STATUS = { apiVersion: 'metallb.io/v1beta1', kind: 'ServiceL2Status' };

const NAME_LABEL = 'metallb.io/service-name';
const NAMESPACE_LABEL = 'metallb.io/service-namespace';

/** The status is written in a second step, and may be empty until then. */
const statusSchema = objectSchema.extend({
  status: z.looseObject({ node: z.string().default('') }).default({ node: '' }),
});

async function followStatus(
  client: Parameters<Announcing['followStatus']>[0],
  signal: AbortSignal,
): Promise<StatusFollower | undefined> {
  if (!(await client.isServed(STATUS, { signal }))) return undefined;
  const objects = new Map<string, { service: string; node: string }>();
  const follow = async () => {
    for await (const { type, object } of client.watch(STATUS, { namespace: METALLB_NAMESPACE, signal })) {
      const { metadata, status } = readAs(statusSchema, object);
      if (type === 'DELETED') objects.delete(metadata.name);
      else {
        const { labels } = metadata;
        const service = `${labels?.[NAMESPACE_LABEL] ?? ''}/${labels?.[NAME_LABEL] ?? ''}`;
        objects.set(metadata.name, { service, node: status.node });
      }
    }
  };
  let failed: unknown;
  follow().catch((error: unknown) => {
    failed = error;
  });
  return {
    nodesOf({ namespace, name }) {
      if (failed !== undefined) throw failed;
      const nodes = [...objects.values()]
        .filter(({ service, node }) => service === `${namespace}/${name}` && node !== '')
        .map(({ node }) => node);
      return [...new Set(nodes)].sort();
    },
  };
}

async function metrics(options: MetricsOptions): Promise<AnnouncedSeries[] | undefined> {
  const texts = await speakerMetrics(options);
  return texts?.flatMap(announcedIn);
}

/** The series of `metallb_speaker_announced` that are not 0: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function announcedIn(text: string): AnnouncedSeries[] {
  return [...text.matchAll(/^metallb_speaker_announced\{([^}]*)\} (\S+)$/gm)].flatMap(
    ([, all = '', value]) => {
      const labels = new Map(
        [...all.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', one = '']) => [key, one]),
      );
      const [service, ip, node] = ['service', 'ip', 'node'].map((key) => labels.get(key));
      if (labels.get('protocol') !== 'layer2' || Number(value) === 0) return [];
      return service && ip && node ? [{ service, address: canonical(ip), node }] : [];
    },
  );
}
