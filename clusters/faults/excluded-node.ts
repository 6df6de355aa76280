import { z } from 'zod';

import { converge } from '../../base/converge.ts';
import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { isNotFound } from '../kubernetes/api-error.ts';
import { readAs } from '../kubernetes/objects.ts';
import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { nodeOf } from './node-container.ts';
import { nodeRecovered, speakersServe } from './recovery.ts';

/** By which a node is kept from announcing (https://kubernetes.io/docs/reference/labels-annotations-taints/). */
const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** One that nothing but what tolerates everything is allowed on. */
const TAINT = { key: 'dualvip.dev/fault', value: 'excluded', effect: 'NoExecute' };

const taintSchema = z.looseObject({ key: z.string() });
type Taint = z.output<typeof taintSchema>;

const nodeSchema = z.looseObject({
  metadata: z.looseObject({
    labels: z.record(z.string(), z.string()).nullish(),
    resourceVersion: z.string().optional(),
  }),
  spec: z.looseObject({ taints: z.array(taintSchema).nullish() }),
});

function nodeRef(name: string) {
  return { apiVersion: 'v1', kind: 'Node', name };
}

/** Puts the label on a node that excludes it from load balancers. Whether that moves a VIP is what a scenario asks. */
export function labelledNode(place: FaultPlace, fault: PlacedFault): Fault {
  const { client } = place;
  const node = nodeOf(fault);
  const isLabelled = async (signal: AbortSignal) => {
    const { metadata } = readAs(nodeSchema, await client.get(nodeRef(node), { signal }));
    return metadata.labels?.[EXCLUDE_LABEL] !== undefined;
  };
  const label = (value: string | null, signal: AbortSignal) =>
    client.patch(
      nodeRef(node),
      { metadata: { labels: { [EXCLUDE_LABEL]: value } } },
      { type: 'merge', signal },
    );
  return {
    async prepare(signal) {
      if (await isLabelled(signal)) throw excludedAlready(node, `the label ${EXCLUDE_LABEL}`);
      return {
        make: async (stop) => void (await label('', stop)),
        async effect(stop) {
          if (await isLabelled(stop)) return `the API has the label ${EXCLUDE_LABEL} on it`;
          throw new HarnessError('DUALVIP_FAULT_EFFECT', `the API has no label ${EXCLUDE_LABEL} on ${node}`);
        },
      };
    },
    undo: (signal) => ifThere(() => label(null, signal)),
    async recovered(signal) {
      if (!(await isLabelled(signal))) return speakersServe(place, signal);
      throw new HarnessError('DUALVIP_FAULT_NOT_HEALED', `${node} still has the label ${EXCLUDE_LABEL}`);
    },
  };
}

function others(taints: Taint[]): Taint[] {
  return taints.filter(({ key }) => key !== TAINT.key);
}

/** Taints a node, so that its speaker is evicted, and what else does not tolerate it. */
export function taintedNode(place: FaultPlace, fault: PlacedFault): Fault {
  const { client, speakers } = place;
  const node = nodeOf(fault);
  const isTainted = async (signal: AbortSignal) => {
    const { spec } = readAs(nodeSchema, await client.get(nodeRef(node), { signal }));
    return (spec.taints ?? []).some(({ key }) => key === TAINT.key);
  };
  // The list is replaced as a whole, and others write to it as well: so only where nobody has meanwhile.
  const change = (edit: (taints: Taint[]) => Taint[], signal: AbortSignal) =>
    converge({
      what: `the taints of ${node} to be changed`,
      observe: async (attempt) => {
        const { metadata, spec } = readAs(nodeSchema, await client.get(nodeRef(node), { signal: attempt }));
        const { resourceVersion } = metadata;
        const patch = { metadata: { resourceVersion }, spec: { taints: edit(spec.taints ?? []) } };
        await client.patch(nodeRef(node), patch, { type: 'merge', signal: attempt });
        return 'changed';
      },
      until: () => true,
      timeoutMs: timeoutMs('faultEffect'),
      signal,
    });
  return {
    async prepare(signal) {
      if (await isTainted(signal)) throw excludedAlready(node, `the taint ${TAINT.key}`);
      return {
        make: async (stop) => void (await change((taints) => [...others(taints), TAINT], stop)),
        async effect(stop) {
          if (!speakers) return `the API has the taint ${TAINT.key} on it`;
          const { namespace, labelSelector } = speakers;
          await converge({
            what: `the speaker of ${node} to be evicted`,
            observe: async (attempt) => {
              const fieldSelector = `spec.nodeName=${node}`;
              const selection = { namespace, labelSelector, fieldSelector, signal: attempt };
              const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, selection);
              return items.map(({ metadata }) => metadata.name);
            },
            until: (pods) => pods.length === 0,
            timeoutMs: timeoutMs('faultEffect'),
            intervalMs: 100,
            signal: stop,
          });
          return 'its speaker has been evicted';
        },
      };
    },
    async undo(signal) {
      if (await isTainted(signal)) await change(others, signal);
    },
    async recovered(signal) {
      if (await isTainted(signal))
        throw new HarnessError('DUALVIP_FAULT_NOT_HEALED', `${node} still has the taint ${TAINT.key}`);
      return nodeRecovered(place, node, signal);
    },
  };
}

/** Healing takes it away, so it must not be somebody else's. */
function excludedAlready(node: string, what: string): HarnessError {
  return new HarnessError('DUALVIP_FAULT_TARGET', `${node} has ${what} already`);
}

async function ifThere(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
