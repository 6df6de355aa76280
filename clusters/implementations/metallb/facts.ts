import semver from 'semver';

import { podSchema, readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import type { FactsClient, ImplementationFacts } from '../facts.ts';
import { advertisementFacts, poolFacts } from './pool-facts.ts';
import { METALLB_NAMESPACE } from './pools.ts';
import { controllerFacts, flagOf, modeOf, placeOf, unfollowedBecause, versionOf } from './workload.ts';

/** How MetalLB's manifests and its Helm chart label a component; most clusters have the former. */
const LABELS = [
  (component: string) => `app=metallb,component=${component}`,
  (component: string) => `app.kubernetes.io/name=metallb,app.kubernetes.io/component=${component}`,
];

/** MetalLB as it stands in a cluster, in whatever namespace and however it was installed. */
export async function metallbFacts(client: FactsClient, signal: AbortSignal): Promise<ImplementationFacts> {
  const list = async (apiVersion: string, kind: string, labelSelector?: string) =>
    (await client.list({ apiVersion, kind }, { labelSelector, signal })).items;
  const labelled = async (apiVersion: string, kind: string, component: string) => {
    for (const label of LABELS) {
      const found = await list(apiVersion, kind, label(component));
      if (found.length > 0) return found;
    }
    return [];
  };
  const own = async (kind: string) =>
    (await client.isServed({ apiVersion: 'metallb.io/v1beta1', kind }, { signal }))
      ? list('metallb.io/v1beta1', kind)
      : [];
  const [controllers, daemons, speakers, pools, l2, bgp, nodes, namespaces] = await Promise.all([
    labelled('apps/v1', 'Deployment', 'controller'),
    labelled('apps/v1', 'DaemonSet', 'speaker'),
    labelled('v1', 'Pod', 'speaker'),
    own('IPAddressPool'),
    own('L2Advertisement'),
    own('BGPAdvertisement'),
    list('v1', 'Node'),
    list('v1', 'Namespace'),
  ]);
  const [controller] = controllers;
  const namespace = controller?.metadata.namespace ?? METALLB_NAMESPACE;
  const version = versionOf(controller);
  // It reads what is in its own namespace, and nothing else.
  const inNamespace = (objects: readonly KubernetesObject[]) =>
    objects.filter(({ metadata }) => metadata.namespace === namespace);
  const poolObjects = inNamespace(pools);
  const mode = modeOf(daemons[0]);
  const unfollowed = unfollowedBecause(controller);
  const place = placeOf(controller);
  return {
    name: 'metallb',
    ...(version === undefined ? {} : { version }),
    ...(mode === undefined ? {} : { mode }),
    classes: [flagOf(controller, 'lb-class') ?? null],
    annotations: annotationsOf(version),
    rules: { onePoolPerService: true, requestNamesEveryFamily: true, requestInOnePlace: true },
    pools: poolObjects.map((pool) => poolFacts(pool, namespaces)),
    controller: {
      ...controllerFacts(controller, namespace),
      ...(place ? { place } : {}),
      ...(unfollowed === undefined ? {} : { unfollowed }),
    },
    announcing: {
      advertisements: [...inNamespace(l2), ...inNamespace(bgp)].map((one) =>
        advertisementFacts(one, { pools: poolObjects, nodes }),
      ),
      announcers: speakers.flatMap(speakerFacts),
      // Since 0.14.2, unless the speakers are told otherwise.
      heedsExcludeLabel:
        flagOf(daemons[0], 'ignore-exclude-lb') !== 'true' &&
        (version === undefined || semver.gte(version, '0.14.2')),
    },
  };
}

/** The prefix is metallb.io since 0.14.9, which still reads the former one. */
function annotationsOf(version: string | undefined): ImplementationFacts['annotations'] {
  const prefixes =
    version !== undefined && semver.lt(version, '0.14.9')
      ? ['metallb.universe.tf']
      : ['metallb.io', 'metallb.universe.tf'];
  const named = (name: string) => prefixes.map((prefix) => `${prefix}/${name}`);
  return {
    addresses: named('loadBalancerIPs'),
    pool: named('address-pool'),
    share: named('allow-shared-ip'),
  };
}

function speakerFacts(object: KubernetesObject): { node: string; ready: boolean }[] {
  const { spec, status } = readAs(podSchema, object);
  if (spec.nodeName === undefined) return [];
  const ready = status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True');
  return [{ node: spec.nodeName, ready }];
}
