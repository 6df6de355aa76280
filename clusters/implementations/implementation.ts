import type { Family } from '../../base/addresses.ts';
import type { CheckoutIdentity } from '../images/checkout/checkout.ts';
import type { GoModule } from '../images/source/go-module.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { KubernetesObject, ResourceRef } from '../kubernetes/objects.ts';
import type { Announcing } from './announcing.ts';
import type { FactsClient, ImplementationFacts } from './facts.ts';

/** A LoadBalancer implementation at one version, in one mode. */
export interface ImplementationRef {
  name: string;
  /** Without `v`; of a build of the user's own, with the hash of its sources: `0.16.1+own.9c4630953b5b`. */
  version: string;
  mode: string;
  /** Of a build of the user's own: what it was built of. */
  build?: CheckoutIdentity | undefined;
}

/** A program of a Go module, or a file out of its upstream's sources. */
export type ImageFile = { module: GoModule; tool: string } | { module: GoModule; file: string };

/** One container image of an implementation. */
export interface ImplementationImage {
  /** As its manifests name it, tag included. */
  reference: string;
  /** The tool of the Go module that is its entry point; left out where there is none but the base's. */
  tool?: string;
  /** Where its manifests expect the program; left out: `/<tool>`, and they name none. */
  path?: string;
  /** What it stands on; left out: an empty file system. */
  base?: 'frr';
  /** What else is in it, executable, by its path there. */
  also?: Readonly<Record<string, ImageFile>>;
}

/** A pool in the guide's terms; the ranges as `first-last`. */
export interface PoolSpec {
  name: string;
  ranges: readonly string[];
  /** False: only Services that ask for the pool get its addresses. */
  autoAssign?: boolean | undefined;
  /** True: IPv4 addresses that end in .0 or .255 are not handed out. */
  avoidBuggyIPs?: boolean | undefined;
  /** Of the pools that a Service may use, the one with the lowest number above 0 comes first. */
  priority?: number | undefined;
  /** Only Services of these namespaces. */
  namespaces?: readonly string[] | undefined;
  /** Only Services with these labels. */
  serviceSelector?: Readonly<Record<string, string>> | undefined;
}

/** An advertisement in the guide's terms. */
export interface AdvertisementSpec {
  name: string;
  pools: readonly string[];
  /** Only these nodes announce. */
  nodes?: readonly string[] | undefined;
  /** Only on these interfaces. */
  interfaces?: readonly string[] | undefined;
  /** Only Services with these labels. */
  serviceSelector?: Readonly<Record<string, string>> | undefined;
  /** By ARP and NDP on the nodes' link, which is the default, or to a router by BGP. */
  by?: 'l2' | 'bgp' | undefined;
}

/** The BGP sessions of every node with a router. */
export interface PeeringSpec {
  /** The router's addresses: a session to each. */
  router: Partial<Record<Family, string>>;
  /** The autonomous systems. */
  clusterAsn: number;
  routerAsn: number;
  /** True: every session carries the routes of both families. */
  bothFamilies: boolean;
  bfd?: { intervalMs: number; multiplier: number };
  gracefulRestart: boolean;
}

/** The annotations by which a Service asks for something; one that is missing cannot be asked for. */
export interface Annotations {
  /** The addresses that it wants, separated by commas. */
  addresses?: string;
  /** The pool that it wants. */
  pool?: string;
  /** Services with the same value may share an address. */
  share?: string;
}

/** What an implementation has told on a Service about its addresses. */
export interface Telling {
  /** satisfied: it got what it asked for. partial: it got one family and was told of the other. refused: none. */
  said: 'satisfied' | 'partial' | 'refused';
  /** Its own words. */
  text: string;
}

export interface EventWords {
  type: string;
  reason: string;
  message: string;
}

export interface ConditionWords {
  type: string;
  status: string;
  reason: string;
  message: string;
}

export interface InstallOptions {
  client: KubernetesClient;
  /** How many nodes the cluster has: where something runs on each (MetalLB's speaker), so many must serve. */
  nodes: number;
  signal: AbortSignal;
  detail: (text: string) => void;
  /** Gets what is about to be applied. */
  onManifests?: ((objects: readonly KubernetesObject[]) => Promise<void>) | undefined;
}

/** The pods of one part of an implementation, and the container in them that does the work. */
export interface Component {
  namespace: string;
  labelSelector: string;
  container: string;
}

/** How many addresses of a pool are in use, as the implementation counts them. */
export interface PoolCounters {
  /** The name in the cluster. */
  pool: string;
  source: 'status' | 'metrics';
  assigned: Readonly<Record<Family, number>>;
  available?: Readonly<Record<Family, number>>;
}

export interface ReconciledOptions {
  withinMs: number;
  signal: AbortSignal;
}

/** In the place of a Service, for `whenReconciled`. */
export const EVERY_SERVICE = '*' as const;

/**
 * Tells when the implementation knows a change of its pools. A Service that is made before that may get an
 * address of a pool that is no more, and the verdict would be about a race.
 */
export interface PoolFollower {
  /** To be called before a change. */
  mark(): number;
  /**
   * Resolves when a change of each of these pools after the mark has been taken in, with a mark: a look at
   * Services that begins after it knows the change.
   */
  whenTaken(pools: readonly string[], mark: number, signal: AbortSignal): Promise<number>;
  /**
   * When the last of these Services, as `namespace/name`, was looked at after the mark, on `monotonicMs()`;
   * undefined when not within that time, and where it cannot be told. `EVERY_SERVICE` is a look at all of them, as
   * after a change of the pools.
   */
  whenReconciled(
    services: readonly string[],
    mark: number,
    options: ReconciledOptions,
  ): Promise<number | undefined>;
}

/** What an implementation's folder tells the harness about one version of itself. */
export interface Implementation {
  ref: ImplementationRef;
  /** The Go module that it is built from. */
  module: GoModule;
  /** Further ones that its images have programs of. */
  furtherModules?: readonly GoModule[];
  /** Of a build of the user's own: the pinned release that it is nearest to. */
  release?: Implementation;
  images: readonly ImplementationImage[];
  /** The features that it claims, by the names that scenarios use (docs/features.md). */
  features: ReadonlySet<string>;
  annotations: Annotations;
  /** The spec.loadBalancerClass that it serves as it is installed here; left out where it serves none. */
  handledClass?: string;
  /** Its allocator. Ending it must not move an address. */
  controller: Component;
  /**
   * What announces, a pod on each node; left out where nothing does. `whenServing` resolves when each of them knows
   * of all others, so that one node announces an address and not two.
   */
  speakers?: Component & { whenServing(options: InstallOptions): Promise<void> };
  /** What speaks BGP, a pod on each node; left out where nothing does. */
  bgp?: Component;
  /**
   * The last thing that it told on a Service, from the Service's events, oldest first, and conditions; undefined:
   * nothing yet. Where its words are the same for one family missing and for both, the addresses of the status
   * tell partial from refused.
   */
  telling(
    events: readonly EventWords[],
    conditions: readonly ConditionWords[],
    addresses: readonly string[],
  ): Telling | undefined;
  /** Applies its manifests and resolves when it serves: not when it is merely Ready. */
  install(options: InstallOptions): Promise<void>;
  /** Resolves when its controller serves again, after it was ended and another pod of it is Ready. */
  whenServing(options: InstallOptions): Promise<void>;
  /** Pools and advertisements as its own resources. */
  renderPools(pools: readonly PoolSpec[], advertisements: readonly AdvertisementSpec[]): KubernetesObject[];
  /** The sessions as its own resources; left out where it speaks no BGP. */
  renderPeering?(peering: PeeringSpec): KubernetesObject[];
  /** The kinds that `renderPools` and `renderPeering` make, in the order in which they can be deleted. */
  poolResources: readonly ResourceRef[];
  /** Follows which pools it has taken in, from now until the signal. */
  followPools(client: KubernetesClient, signal: AbortSignal): Promise<PoolFollower>;
  /** What its own objects say now; writes nothing. A cluster that is not the harness's may run another version. */
  facts(client: FactsClient, signal: AbortSignal): Promise<ImplementationFacts>;
  /** The counters of every pool that has some; left out where the implementation counts nothing. */
  counters?(client: KubernetesClient, signal: AbortSignal): Promise<PoolCounters[]>;
  /** Who it says announces an address; left out where it announces nothing. */
  announcing?: Announcing;
  /** Logs of its pods and its status objects, as file name → content, for a scenario's evidence folder. */
  evidence(client: KubernetesClient, signal: AbortSignal): Promise<Record<string, string>>;
}
