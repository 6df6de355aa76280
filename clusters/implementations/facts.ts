import type { Family } from '../../base/addresses.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { LabelSelector } from '../kubernetes/label-selector.ts';

/** What it takes to gather facts: reading, and no more. */
export type FactsClient = Pick<KubernetesClient, 'list' | 'isServed'>;

/** Where the pods of a controller are found. */
export interface Place {
  namespace: string;
  labelSelector: string;
}

/** A pool as it stands in the cluster. */
export interface PoolFacts {
  name: string;
  /** Of either family, as `first-last`. */
  ranges: readonly string[];
  /** False: only Services that ask for it, or for an address of it, are served from it. */
  autoAssign: boolean;
  /** True: IPv4 addresses that end in .0 or .255 are not handed out. */
  avoidBuggyIPs: boolean;
  /** Of the pools that a Service may use, the one with the lowest number above 0 comes first. */
  priority?: number;
  /** Only Services of these namespaces; undefined: of all. */
  namespaces?: readonly string[];
  /** Only Services that one of them selects; empty: all. */
  serviceSelectors: readonly LabelSelector[];
  /** The implementation's own count of the free addresses, where it publishes one. */
  available?: Partial<Record<Family, number>>;
}

/** What makes addresses of pools reachable. */
export interface AdvertisementFacts {
  /** As in `L2Advertisement`. */
  kind: string;
  name: string;
  /** Names of the pools that it advertises, selectors resolved. */
  pools: readonly string[];
  /** True: a pool that is made later, and has no labels that it selects, is one of them. */
  everyPool: boolean;
  /** Names of the nodes that may announce by it, selectors resolved. */
  nodes: readonly string[];
  /** Only Services that one of them selects; empty: all. */
  serviceSelectors: readonly LabelSelector[];
}

/** How an implementation announces addresses. */
export interface AnnouncingFacts {
  advertisements: readonly AdvertisementFacts[];
  /** Its pods that announce, one a node. */
  announcers: readonly { node: string; ready: boolean }[];
  /** Whether nodes with `node.kubernetes.io/exclude-from-external-load-balancers` announce nothing. */
  heedsExcludeLabel: boolean;
}

/** What an implementation's own objects say at one moment, in the guide's terms. */
export interface ImplementationFacts {
  name: string;
  /** Of the controller that runs, where its image tells. */
  version?: string;
  /** By what it announces, where it has several ways. */
  mode?: string;
  /** The values of spec.loadBalancerClass that it serves; null stands for a Service without one. */
  classes: readonly (string | null)[];
  /** The names of the annotations that it reads; of several, the first that a Service has counts. */
  annotations: { addresses: readonly string[]; pool: readonly string[]; share: readonly string[] };
  rules: {
    /** All addresses of a Service come from one pool. */
    onePoolPerService: boolean;
    /** Requested addresses must be one of each of the Service's families, no fewer. */
    requestNamesEveryFamily: boolean;
    /** Addresses may be requested by annotation or by spec.loadBalancerIP, not by both. */
    requestInOnePlace: boolean;
  };
  pools: readonly PoolFacts[];
  controller: {
    ready: boolean;
    /** As in `0 of 1 replicas are ready`. */
    detail: string;
    /** The command that shows its log. */
    log: string;
    /** Where it is, where that is not the place that its manifests give it. */
    place?: Place;
    /** Why a run cannot follow what it does; left out where it can. */
    unfollowed?: string;
  };
  /** Undefined: it allocates only. */
  announcing?: AnnouncingFacts;
}
