import { converge } from '../../../base/converge.ts';
import { HarnessError } from '../../../base/errors.ts';
import { timeoutMs } from '../../../base/timeouts.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { podSchema, readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import type { InstallOptions } from '../implementation.ts';
import { MemberLists } from './members.ts';
import { METALLB_NAMESPACE } from './pools.ts';

/**
 * Resolves when MetalLB serves: its webhook answers, and every speaker lists every other one as a member.
 * Ready is not that: the controller's readiness is a plain ping, and until the member lists are whole two
 * nodes may announce the same address.
 */
export async function whenServing(options: InstallOptions): Promise<void> {
  const bound = AbortSignal.timeout(timeoutMs('implementationReady'));
  const scope = new AbortController();
  const signal = AbortSignal.any([options.signal, bound, scope.signal]);
  const lists = new MemberLists();
  try {
    await Promise.all([
      webhookAnswers(options.client, signal),
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

/** A dry run of a pool passes through the webhook and leaves nothing. Nothing to watch tells as much. */
async function webhookAnswers(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  const pool = {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: 'dualvip-readiness', namespace: METALLB_NAMESPACE },
    spec: { addresses: ['192.0.2.1-192.0.2.1'], autoAssign: false },
  };
  await converge({
    what: 'the webhook of MetalLB',
    observe: async (attempt) => {
      await client.apply(pool, { dryRun: true, signal: attempt });
      return 'answered';
    },
    until: () => true,
    timeoutMs: timeoutMs('implementationReady'),
    intervalMs: 100,
    signal,
  });
}

async function membersComplete(options: InstallOptions, lists: MemberLists): Promise<void> {
  const { client, nodes, signal, detail } = options;
  const done = Promise.withResolvers<void>();
  const scope = new AbortController();
  const inner = AbortSignal.any([signal, scope.signal]);
  const following = new Set<string>();
  const follow = async (speaker: string) => {
    const log = client.podLog(METALLB_NAMESPACE, speaker, {
      container: 'speaker',
      follow: true,
      signal: inner,
    });
    for await (const line of log) {
      lists.read(speaker, line);
      if (lists.complete(nodes)) done.resolve();
    }
  };
  const watchSpeakers = async () => {
    const pods = client.watch(
      { apiVersion: 'v1', kind: 'Pod' },
      {
        namespace: METALLB_NAMESPACE,
        labelSelector: 'component=speaker',
        signal: inner,
      },
    );
    for await (const { type, object } of pods) {
      const { name } = object.metadata;
      if (type === 'DELETED' || following.has(name) || !isRunning(object)) continue;
      following.add(name);
      detail(`${following.size} of ${nodes} speakers run`);
      follow(name).catch(done.reject);
    }
  };
  watchSpeakers().catch(done.reject);
  signal.addEventListener('abort', () => done.reject(signal.reason), { once: true });
  try {
    await done.promise;
  } finally {
    scope.abort();
  }
}

function isRunning(pod: KubernetesObject): boolean {
  return readAs(podSchema, pod).status.phase === 'Running';
}
