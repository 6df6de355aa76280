import { z } from 'zod';

import { converge, sleep } from '../../../base/converge.ts';
import { HarnessError } from '../../../base/errors.ts';
import { timeoutMs } from '../../../base/timeouts.ts';
import { KubernetesApiError } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { podSchema, readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import { rolloutComplete } from '../../kubernetes/rollout.ts';
import { waitFor } from '../../kubernetes/waiting.ts';
import type { InstallOptions } from '../implementation.ts';
import { MemberLists } from './members.ts';
import type { ModeParts } from './modes.ts';
import { METALLB_NAMESPACE } from './pools.ts';

/**
 * Resolves when MetalLB serves: its webhook answers, and every speaker lists every other one as a member.
 * Ready is not that: the controller's readiness is a plain ping, and until the member lists are whole two
 * nodes may announce the same address. In the modes with FRR, its daemons answer on every node, too.
 */
export async function whenServing(
  options: InstallOptions & Pick<ModeParts, 'daemons' | 'admitted'>,
): Promise<void> {
  const { client, nodes, daemons, admitted } = options;
  const bound = AbortSignal.timeout(timeoutMs('implementationReady'));
  const scope = new AbortController();
  const signal = AbortSignal.any([options.signal, bound, scope.signal]);
  const lists = new MemberLists();
  try {
    await Promise.all([
      webhookAnswers(client, signal),
      admitted && admits(client, admitted, signal),
      ...daemons.map((name) => daemonServes(client, { name, nodes, signal })),
      membersComplete({ ...options, signal }, lists),
    ]);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!bound.aborted) throw error;
    throw new HarnessError(
      'DUALVIP_IMPLEMENTATION_NOT_READY',
      `MetalLB does not serve: ${lists.describe()} of ${options.nodes}`,
      {
        cause: error,
        hint: `Look at \`kubectl --namespace ${METALLB_NAMESPACE} get pods,events\` with the cluster's kubeconfig.`,
      },
    );
  } finally {
    scope.abort();
  }
}

/** Never stored. */
export const READINESS_POOL = {
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name: 'dualvip-readiness', namespace: METALLB_NAMESPACE },
  spec: { addresses: ['192.0.2.1-192.0.2.1'], autoAssign: false },
};

/** A dry run of a pool passes through the webhook and leaves nothing. Nothing to watch tells as much. */
export async function webhookAnswers(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  await admits(client, READINESS_POOL, signal);
}

async function admits(
  client: KubernetesClient,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<void> {
  await converge({
    what: `the webhook for ${object.kind}s`,
    observe: async (attempt) => {
      await client.apply(object, { dryRun: true, signal: attempt });
      return 'answered';
    },
    until: () => true,
    timeoutMs: timeoutMs('implementationReady'),
    intervalMs: 100,
    signal,
  });
}

/** Pods of it are Ready on every node: the container of FRR is started when its daemons have answered. */
async function daemonServes(
  client: KubernetesClient,
  { name, nodes, signal }: { name: string; nodes: number; signal: AbortSignal },
): Promise<void> {
  await waitFor(client, {
    ref: { apiVersion: 'apps/v1', kind: 'DaemonSet', name, namespace: METALLB_NAMESPACE },
    what: `${name} on every node`,
    until(object) {
      const answer = rolloutComplete(object);
      const ready = object ? readAs(daemonSchema, object).status.numberReady : 0;
      return answer === true && ready < nodes ? `${ready} of ${nodes} pods are ready` : answer;
    },
    timeoutMs: timeoutMs('implementationReady'),
    signal,
  });
}

const daemonSchema = z.looseObject({ status: z.looseObject({ numberReady: z.number().default(0) }) });

async function membersComplete(options: InstallOptions, lists: MemberLists): Promise<void> {
  const { client, nodes, signal, detail } = options;
  const scope = new AbortController();
  const inner = AbortSignal.any([signal, scope.signal]);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const following = new Set<string>();
  const read = (speaker: string, line: string) => {
    lists.read(speaker, line);
    if (lists.complete(nodes)) resolve();
  };
  const watchSpeakers = async () => {
    const selection = { namespace: METALLB_NAMESPACE, labelSelector: 'component=speaker', signal: inner };
    for await (const { type, object } of client.watch({ apiVersion: 'v1', kind: 'Pod' }, selection)) {
      const { name } = object.metadata;
      if (type === 'DELETED' || following.has(name) || !isRunning(object)) continue;
      following.add(name);
      detail(`${following.size} of ${nodes} speakers run`);
      followLog({ client, speaker: name, lists, read, signal: inner }).catch(reject);
    }
  };
  watchSpeakers().catch(reject);
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  try {
    await promise;
  } finally {
    scope.abort();
  }
}

interface LogOptions {
  client: KubernetesClient;
  speaker: string;
  lists: MemberLists;
  read: (speaker: string, line: string) => void;
  signal: AbortSignal;
}

const LOG_RETRY_MS = 200;

/**
 * Reads a speaker's log as it grows. The stream of a container that has just started or restarted can fail or
 * end at once; it is then told anew from its beginning. The caller's bound ends it.
 */
async function followLog({ client, speaker, lists, read, signal }: LogOptions): Promise<void> {
  const options = { container: 'speaker', follow: true, signal };
  while (!signal.aborted) {
    try {
      for await (const line of client.podLog(METALLB_NAMESPACE, speaker, options)) read(speaker, line);
    } catch (error) {
      if (!(error instanceof KubernetesApiError)) throw error;
    }
    if (signal.aborted) return;
    await sleep(LOG_RETRY_MS, signal).catch(() => {});
    lists.forget(speaker);
  }
}

function isRunning(pod: KubernetesObject): boolean {
  return readAs(podSchema, pod).status.phase === 'Running';
}
