import type { GoModule } from '../../images/source/go-module.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { Component, ImageFile, ImplementationImage } from '../implementation.ts';
import { METALLB_NAMESPACE } from './pools.ts';

/** By what a MetalLB announces BGP; all of them announce L2, too. The first is meant where none is named. */
export const METALLB_MODES = ['native', 'frr', 'frr-k8s'] as const;
export type MetallbMode = (typeof METALLB_MODES)[number];

/** What is pinned beside MetalLB itself, for the versions that run in the modes with FRR. */
const PINNED: Readonly<Record<string, Record<'frr' | 'frr-k8s', Pins>>> = {
  '0.16.1': {
    frr: { module: 'frr-tools-0.16.1', frr: '10.5.3' },
    'frr-k8s': { module: 'frr-k8s-0.0.25', frr: '10.4.3' },
  },
};

interface Pins {
  /** The folder under modules/. */
  module: string;
  /** The version of FRR that the manifests name. */
  frr: string;
}

/** The modes that a version can be had in. */
export function modesOf(version: string): readonly MetallbMode[] {
  return Object.hasOwn(PINNED, version) ? METALLB_MODES : ['native'];
}

/** What a mode is made of. */
export interface ModeParts {
  /** Its file under config/manifests/ of the module. */
  manifests: string;
  furtherModules: readonly GoModule[];
  images: readonly ImplementationImage[];
  /** What it claims beyond what all modes do. */
  features: readonly string[];
  /** What speaks BGP on each node. */
  bgp: Component;
  /** DaemonSets whose pods have to be Ready on every node, which is when FRR's daemons in them answer. */
  daemons: readonly string[];
  /** What a webhook beside MetalLB's own has to admit. */
  admitted?: KubernetesObject;
}

/** What FRR brings: BGP of both families. */
const WITH_FRR = ['bgp', 'bgp-ipv4'];

/** Of a build of the user's own, `version` is the release whose pins it takes. */
export function modeParts(module: GoModule, version: string, mode: MetallbMode): ModeParts {
  const own = (tool: string) => ({ reference: `quay.io/metallb/${tool}:v${version}`, tool });
  const [controller, speaker] = [own('controller'), own('speaker')];
  if (mode === 'native') {
    return {
      manifests: 'metallb-native.yaml',
      furtherModules: [],
      images: [controller, speaker],
      features: ['bgp-ipv4', 'bgp-ipv4-only'],
      bgp: { namespace: METALLB_NAMESPACE, labelSelector: 'component=speaker', container: 'speaker' },
      daemons: [],
    };
  }
  const pins = PINNED[version]?.[mode];
  if (!pins) throw new Error(`MetalLB ${version} is not pinned in mode ${mode}`);
  const frr: ImplementationImage = { reference: `quay.io/frrouting/frr:${pins.frr}`, base: 'frr' };
  if (mode === 'frr') {
    // A checkout has them itself.
    const tools: GoModule = module.checkout ? module : { name: pins.module, upstream: module.upstream };
    const also: Record<string, ImageFile> = {
      '/cp-tool': { module: tools, tool: 'cp-tool' },
      '/frr-metrics': { module: tools, tool: 'metrics' },
      '/frr-reloader.sh': { module, file: 'frr-tools/reloader/frr-reloader.sh' },
    };
    return {
      manifests: 'metallb-frr.yaml',
      furtherModules: module.checkout ? [] : [tools],
      images: [controller, { ...speaker, also }, frr],
      features: WITH_FRR,
      bgp: { namespace: METALLB_NAMESPACE, labelSelector: 'component=speaker', container: 'frr' },
      daemons: ['speaker'],
    };
  }
  const tools: GoModule = { name: pins.module, upstream: 'github.com/metallb/frr-k8s' };
  const also: Record<string, ImageFile> = {
    '/frr-k8s': { module: tools, tool: 'frr-k8s-controller' },
    '/frr-metrics': { module: tools, tool: 'metrics' },
    '/frr-status': { module: tools, tool: 'status' },
    '/statuscleaner': { module: tools, tool: 'statuscleaner' },
    '/frr-reloader.sh': { module: tools, file: 'cmd/reloader/frr-reloader.sh' },
  };
  // Its manifests call sh and cp in it.
  const frrK8s: ImplementationImage = {
    reference: `quay.io/metallb/frr-k8s:v${pins.module.replace('frr-k8s-', '')}`,
    base: 'frr',
    also,
  };
  return {
    manifests: 'metallb-frr-k8s.yaml',
    furtherModules: [tools],
    images: [controller, speaker, frrK8s, frr],
    features: WITH_FRR,
    bgp: {
      namespace: METALLB_NAMESPACE,
      labelSelector: 'app.kubernetes.io/component=frr-k8s',
      container: 'frr',
    },
    daemons: ['frr-k8s-daemon'],
    admitted: {
      apiVersion: 'frrk8s.metallb.io/v1beta1',
      kind: 'FRRConfiguration',
      metadata: { name: 'dualvip-readiness', namespace: METALLB_NAMESPACE },
      spec: {},
    },
  };
}
