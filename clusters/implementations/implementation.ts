import type { GoModule } from '../images/source/go-module.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { KubernetesObject, ResourceRef } from '../kubernetes/objects.ts';

/** A LoadBalancer implementation at one version, in one mode. */
export interface ImplementationRef {
  name: string;
  /** Without `v`. */
  version: string;
  mode: string;
}

/** One container image of an implementation. */
export interface ImplementationImage {
  /** As its manifests name it, tag included. */
  reference: string;
  /** The tool of the Go module that is its entry point. */
  tool: string;
}

/** A pool in the guide's terms; the ranges as `first-last`. */
export interface PoolSpec {
  name: string;
  ranges: readonly string[];
  autoAssign?: boolean | undefined;
}

/** An L2 advertisement in the guide's terms. */
export interface AdvertisementSpec {
  name: string;
  pools: readonly string[];
}

export interface InstallOptions {
  client: KubernetesClient;
  /** How many nodes the cluster has: each runs a speaker. */
  nodes: number;
  signal: AbortSignal;
  detail: (text: string) => void;
}

/**
 * Tells when the implementation knows a change of its pools. A Service that is made before that may get an
 * address of a pool that is no more, and the verdict would be about a race.
 */
export interface PoolFollower {
  /** To be called before a change. */
  mark(): number;
  /** Resolves when a change of each of these pools after the mark has been taken in. */
  whenTaken(pools: readonly string[], mark: number, signal: AbortSignal): Promise<void>;
}

/** What an implementation's folder tells the harness about one version of itself. */
export interface Implementation {
  ref: ImplementationRef;
  /** The Go module that it is built from. */
  module: GoModule;
  images: readonly ImplementationImage[];
  /** The features that it claims, by the names that scenarios use. */
  features: ReadonlySet<string>;
  /** Applies its manifests and resolves when it serves: not when it is merely Ready. */
  install(options: InstallOptions): Promise<void>;
  /** Pools and advertisements as its own resources. */
  renderPools(pools: readonly PoolSpec[], advertisements: readonly AdvertisementSpec[]): KubernetesObject[];
  /** The kinds that `renderPools` makes. */
  poolResources: readonly ResourceRef[];
  /** Follows which pools it has taken in, from now until the signal. */
  followPools(client: KubernetesClient, signal: AbortSignal): Promise<PoolFollower>;
  /** Logs of its pods and its status objects, as file name → content, for a scenario's evidence folder. */
  evidence(client: KubernetesClient, signal: AbortSignal): Promise<Record<string, string>>;
}
