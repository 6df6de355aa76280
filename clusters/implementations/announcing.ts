import type { KubernetesClient } from '../kubernetes/client.ts';
import type { EventWords } from './implementation.ts';

/** A Service by namespace and name. */
export interface ServiceName {
  namespace: string;
  name: string;
}

/** One series of a metric that tells who announces. */
export interface AnnouncedSeries {
  /** As `namespace/name`. */
  service: string;
  address: string;
  node: string;
}

/** Runs a program on a node, by the node's name, with this on its standard input, and gives its output. */
export type OnNode = (node: string, command: readonly string[], input: string) => Promise<string>;

export interface MetricsOptions {
  client: Pick<KubernetesClient, 'list' | 'request'>;
  onNode: OnNode;
  signal: AbortSignal;
}

/** Follows the objects in which an implementation says which node announces a Service. */
export interface StatusFollower {
  /** The nodes that they name now, sorted; none: no object is about the Service. */
  nodesOf(service: ServiceName): readonly string[];
}

/** Who an implementation says announces an address in layer 2: each of its own words, by itself. */
export interface Announcing {
  /** The node that an event on a Service names; undefined for events about anything else. */
  nodeInEvent(event: EventWords): string | undefined;
  /** From now until the signal. Undefined: this version has no such objects. */
  followStatus(
    client: Pick<KubernetesClient, 'isServed' | 'watch'>,
    signal: AbortSignal,
  ): Promise<StatusFollower | undefined>;
  /** What its metrics say now, of all Services. Undefined: they cannot be had. */
  metrics(options: MetricsOptions): Promise<readonly AnnouncedSeries[] | undefined>;
}
