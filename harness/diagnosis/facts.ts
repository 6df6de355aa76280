import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import type { ImplementationFacts } from '../../clusters/implementations/facts.ts';
import type { Telling } from '../../clusters/implementations/implementation.ts';

/** What a Service asks for beyond its families. */
export interface RequestFacts {
  /** As written; they may be no addresses at all. */
  addresses: readonly string[];
  /** Where they are asked for, as in `annotation metallb.io/loadBalancerIPs`. */
  places: readonly string[];
  pool?: string;
  /** Services with the same value may share an address. */
  share?: string;
}

/** A Service at one moment. */
export interface ServiceFacts {
  namespace: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  type: string;
  /** spec.loadBalancerClass; null where it has none. */
  class: string | null;
  ipFamilyPolicy: string;
  /** The primary family first. */
  ipFamilies: readonly Family[];
  /** Canonical, in the order of the status. */
  addresses: readonly string[];
  externalTrafficPolicy: string;
  selector: Readonly<Record<string, string>>;
  ports: readonly { protocol: string; port: number }[];
  request: RequestFacts;
}

export interface NodeFacts {
  name: string;
  /** Has the label `node.kubernetes.io/exclude-from-external-load-balancers`. */
  excluded: boolean;
  /** Its condition NetworkUnavailable is True. */
  networkUnavailable: boolean;
}

export interface EndpointFacts {
  family: Family;
  node?: string;
  ready: boolean;
}

/** What a client outside the cluster met at one address. */
export interface ProbeFacts {
  family: Family;
  address: string;
  outcome: 'ok' | 'refused' | 'timeout' | 'unreachable' | 'reset';
  detail: string;
}

/** What a client outside the cluster knows of the way to the addresses of one family. */
export interface PathFacts {
  family: Family;
  /** Whether it has a route to them. */
  route: boolean;
  /** The router that the route leads through; undefined where they are on its link. */
  gateway?: string;
  /** Whether a MAC was found for them; undefined where they are not on its link. */
  neighbour?: boolean;
}

/** Everything that is known of a Service and its surroundings at one moment, neutral of implementation. */
export interface Facts {
  service: ServiceFacts;
  /** The families of which the Service should have an address, where its spec does not decide. */
  wanted?: readonly Family[];
  /** The implementation's last word on it. */
  told?: Telling;
  /** All other Services of the cluster. */
  others: readonly ServiceFacts[];
  cluster: { serviceCIDRs: readonly string[]; podCIDRs: readonly string[] };
  nodes: readonly NodeFacts[];
  endpoints: readonly EndpointFacts[];
  implementation: ImplementationFacts;
  probes?: readonly ProbeFacts[];
  paths?: readonly PathFacts[];
}

/** A Service that does not exist, because the API refused it. */
export interface Rejection {
  namespace: string;
  name: string;
  /** The message of the API's Status. */
  rejection: string;
}

/** `default/web-frontend` */
export function nameOf({ namespace, name }: Pick<ServiceFacts, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** The families of which a Service is to have an address: both, unless its policy is SingleStack. */
export function wantedFamilies({ service, wanted }: Pick<Facts, 'service' | 'wanted'>): readonly Family[] {
  return wanted ?? (service.ipFamilyPolicy === 'SingleStack' ? service.ipFamilies : FAMILIES);
}

export function addressesOf({ addresses }: ServiceFacts, family: Family): string[] {
  return addresses.filter((address) => familyOf(address) === family);
}

/** The families that are wanted and have no address. */
export function missingFamilies(facts: Pick<Facts, 'service' | 'wanted'>): Family[] {
  return wantedFamilies(facts).filter((family) => addressesOf(facts.service, family).length === 0);
}

/** The implementation's last word, as evidence. */
export function toldOf({ implementation, told }: Facts): string {
  return told ? `${implementation.name} says: ${told.text}` : `${implementation.name} has said nothing of it`;
}
