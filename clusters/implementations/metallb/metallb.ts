import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import semver from 'semver';
import { z } from 'zod';

import { MODULES_FOLDER, goContext, moduleFolder, type GoModule } from '../../images/source/go-module.ts';
import { readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import type {
  Annotations,
  Component,
  Implementation,
  ImplementationRef,
  InstallOptions,
} from '../implementation.ts';
import { metallbAnnouncing } from './announcing.ts';
import { metallbCounters } from './counters.ts';
import { metallbEvidence } from './evidence.ts';
import { metallbFacts } from './facts.ts';
import { followPools } from './pool-follower.ts';
import { modeParts, type MetallbMode, type ModeParts } from './modes.ts';
import { renderPeering } from './peering.ts';
import { METALLB_NAMESPACE, POOL_RESOURCES, renderPools } from './pools.ts';
import { webhookAnswers, whenServing } from './serving.ts';
import { metricsAccess } from './speaker-metrics.ts';
import { metallbTelling } from './telling.ts';

export const METALLB_DEFAULT = '0.16.1';
export const METALLB_MODULE = 'go.universe.tf/metallb';

/** What every mode claims to do, by the names that scenarios use under `features`. */
const FEATURES = [
  'single-stack',
  'prefer-dual-stack',
  'require-dual-stack',
  'separate-pools',
  'l2',
  'advertisement-nodes',
  'advertisement-interfaces',
  'events',
  'auto-assign',
  'avoid-buggy-ips',
  'pool-priority',
  'pool-namespaces',
  'pool-service-selector',
  'pool-validation',
  'pool-by-annotation',
  'addresses-by-annotation',
  'addresses-by-spec',
  'shared-address',
];

/** The versions that are pinned under modules/, oldest first. */
export async function metallbVersions(): Promise<string[]> {
  const names = await readdir(MODULES_FOLDER);
  return names
    .filter((name) => name.startsWith('metallb-'))
    .map((name) => name.slice('metallb-'.length))
    .sort(semver.compare);
}

/** MetalLB in one of its modes. */
export function metallb(version: string, mode: MetallbMode): Implementation {
  const module: GoModule = { name: `metallb-${version}`, upstream: METALLB_MODULE };
  const parts = modeParts(module, version, mode);
  return metallbOf({ ref: { name: 'metallb', version, mode }, module, parts });
}

interface MetallbParts {
  ref: ImplementationRef & { mode: MetallbMode };
  module: GoModule;
  parts: ModeParts;
  /** What is done to the objects of its manifests. */
  adapt?: (objects: readonly KubernetesObject[]) => KubernetesObject[];
}

/** MetalLB out of its parts, pinned or of a checkout. */
export function metallbOf({ ref, module, parts, adapt }: MetallbParts): Implementation {
  const { version, mode } = ref;
  return {
    ref,
    module,
    furtherModules: parts.furtherModules,
    images: parts.images,
    features: new Set([
      ...FEATURES,
      ...parts.features,
      // Advertisements have serviceSelectors since then.
      ...(semver.gte(version, '0.16.0') ? ['advertisement-services'] : []),
    ]),
    annotations: annotationsOf(version),
    controller: componentOf('controller'),
    speakers: {
      ...componentOf('speaker'),
      whenServing: (options) => whenServing({ ...options, ...parts }),
    },
    bgp: parts.bgp,
    telling: metallbTelling,
    counters: metallbCounters,
    announcing: metallbAnnouncing,
    // Since 0.16, metrics want a token.
    install: (options) =>
      install(module, parts, {
        ...{ ...options, adapt },
        beside: semver.gte(version, '0.16.0') ? metricsAccess() : [],
      }),
    whenServing: ({ client, signal }) => webhookAnswers(client, signal),
    renderPools,
    renderPeering: (peering) => renderPeering(peering, mode),
    poolResources: POOL_RESOURCES,
    followPools,
    facts: metallbFacts,
    evidence: metallbEvidence,
  };
}

function componentOf(name: string): Component {
  return { namespace: METALLB_NAMESPACE, labelSelector: `component=${name}`, container: name };
}

/** The prefix is metallb.io since 0.14.9. */
function annotationsOf(version: string): Annotations {
  const prefix = semver.lt(version, '0.14.9') ? 'metallb.universe.tf' : 'metallb.io';
  return {
    addresses: `${prefix}/loadBalancerIPs`,
    pool: `${prefix}/address-pool`,
    share: `${prefix}/allow-shared-ip`,
  };
}

async function install(
  module: GoModule,
  { manifests, ...serving }: ModeParts,
  options: InstallOptions & { beside: readonly KubernetesObject[]; adapt: MetallbParts['adapt'] },
): Promise<void> {
  const { client, nodes, signal, detail, beside, adapt = (all) => [...all], onManifests } = options;
  const file = path.join(await moduleFolder(module, await goContext(signal)), 'config/manifests', manifests);
  detail('applying manifests');
  const objects = adapt(parseManifests(await readFile(file, 'utf8'), manifests));
  const applied = [...objects.map(answeringEarly), memberlistSecret(), ...beside];
  await onManifests?.(applied);
  await client.applyAll(applied, { signal });
  await whenServing({ client, nodes, signal, detail, ...serving });
}

/**
 * The only Services of the manifests are webhooks'. The controller's readiness probe waits for 10 s before it
 * asks, and until then the API server finds no webhook, although it answers after one: at every start, and after
 * every restart that a scenario makes. Nothing else looks at that readiness.
 */
function answeringEarly(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Service') return object;
  const { spec } = readAs(webhookServiceSchema, object);
  return { ...object, spec: { ...spec, publishNotReadyAddresses: true } };
}

const webhookServiceSchema = z.looseObject({ spec: z.looseObject({}) });

/**
 * The key of the speakers' member list. The controller makes one when there is none, and until it does the
 * kubelets retry the speakers' mount with growing pauses: up to 8 s of a start. One that is there it keeps.
 */
function memberlistSecret(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'memberlist', namespace: METALLB_NAMESPACE },
    stringData: { secretkey: randomBytes(128).toString('base64') },
  };
}
