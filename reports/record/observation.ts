import { z } from 'zod';

import { FAMILIES } from '../../base/addresses.ts';
import { diagnosisSchema } from './diagnosis.ts';

/** Milliseconds since the run's start, on CLOCK_MONOTONIC. */
const at = z.number().describe("Milliseconds since the run's start, on the machine's monotonic clock.");
const family = z.enum(FAMILIES);

/** A Service as a watch showed it. */
export const serviceObservation = z.object({
  kind: z.literal('service'),
  at,
  service: z.string(),
  uid: z.string(),
  /** True when the watch told of its deletion. */
  deleted: z.boolean(),
  ipFamilyPolicy: z.string().optional(),
  ipFamilies: z.array(family),
  clusterIPs: z.array(z.string()),
  /** Every address of status.loadBalancer.ingress, in the order of the status. */
  addresses: z.array(z.string()),
  /** The conditions of its status that are not the Kubernetes API's own. */
  conditions: z
    .array(z.object({ type: z.string(), status: z.string(), reason: z.string(), message: z.string() }))
    .optional(),
  namespace: z.string().optional(),
  type: z.string().optional(),
  loadBalancerClass: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  /** As `TCP/80`. */
  ports: z.array(z.string()).optional(),
});

/** An event on a Service, as a watch showed it. */
export const eventObservation = z.object({
  kind: z.literal('event'),
  at,
  service: z.string(),
  uid: z.string(),
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  source: z.string(),
});

/** What one attempt at one family met. `no-address`: the Service had none of the family to try. */
export const probeObservation = z.object({
  kind: z.literal('probe'),
  at,
  step: z.string(),
  service: z.string(),
  family,
  /** Where it was made, if not on the nodes' link: from the client behind the router, or in the cluster. */
  from: z.enum(['router', 'cluster']).optional(),
  address: z.string().optional(),
  port: z.number(),
  protocol: z.enum(['http', 'tcp', 'udp']),
  outcome: z.enum(['ok', 'refused', 'timeout', 'unreachable', 'reset', 'no-address']),
  detail: z.string(),
  /** The HTTP status. */
  status: z.number().optional(),
  connectMs: z.number().optional(),
  totalMs: z.number(),
  /** The pod that answered. */
  backend: z.string().optional(),
  /** The address that the backend saw the request come from. */
  source: z.string().optional(),
  /** Whose address that is: the client's, one of a node or of the pod network, or neither. */
  sourceOf: z.enum(['client', 'cluster', 'other']).optional(),
  /** Bytes of the payload that came back unchanged. */
  echoed: z.number().optional(),
  /** In the probe's neighbour table, right after. */
  mac: z.string().optional(),
  /** The node with that MAC: who announces. */
  announcer: z.string().optional(),
});

/** What a connection to a node's own address met, when a VIP did not answer: is it the VIP, or the network? */
export const controlObservation = z.object({
  kind: z.literal('control'),
  at,
  step: z.string(),
  family,
  address: z.string(),
  outcome: z.enum(['ok', 'refused', 'timeout', 'unreachable', 'reset']),
});

/** The pods behind a Service when a probe of it ended. */
export const backendsObservation = z.object({
  kind: z.literal('backends'),
  at,
  step: z.string(),
  service: z.string(),
  pods: z.array(z.string()),
});

/** Services that the API has just taken, new or changed: from now on the implementation can know them. */
export const appliedObservation = z.object({
  kind: z.literal('applied'),
  at,
  step: z.string(),
  services: z.array(z.string()),
});

/** The pools of the scenario from now on, as the harness made them: ranges as `first-last`, by name. */
export const poolsObservation = z.object({
  kind: z.literal('pools'),
  at,
  pools: z.record(z.string(), z.array(z.string())),
  /** The Services that a pool is for, where it is not for all. */
  limits: z
    .record(
      z.string(),
      z.object({
        autoAssign: z.boolean().optional(),
        namespaces: z.array(z.string()).optional(),
        serviceSelector: z.record(z.string(), z.string()).optional(),
      }),
    )
    .optional(),
});

/** Something that must not move an address, done after the last step. */
export const nudgeObservation = z.object({
  kind: z.literal('nudge'),
  at,
  nudge: z.enum(['annotate', 'touch-another', 'restart-controller']),
  /** When the implementation had looked at the Services again, or the time for that was up. */
  endedAt: z.number(),
});

const perFamily = z.object({ IPv4: z.number(), IPv6: z.number() });

/** How many addresses of a pool are in use, as the implementation counts them. */
export const countersObservation = z.object({
  kind: z.literal('counters'),
  at,
  /** settled: after the nudges; released: when the Services were gone. */
  moment: z.enum(['settled', 'released']),
  pool: z.string(),
  source: z.enum(['status', 'metrics']),
  assigned: perFamily,
  available: perFamily.optional(),
});

/** Whether the API took what a step expected it to refuse. */
export const answerObservation = z.object({
  kind: z.literal('answer'),
  at,
  step: z.string(),
  accepted: z.boolean(),
  message: z.string(),
});

/** A step that was not done, as the implementation does not claim the feature that it needs. */
export const unclaimedObservation = z.object({
  kind: z.literal('unclaimed'),
  at,
  step: z.string(),
  feature: z.string(),
  /** Why else it was not done: there is nobody who could. */
  because: z.string().optional(),
});

/** New connections to one address, again and again, from `at` to `endedAt`. */
export const trafficObservation = z.object({
  kind: z.literal('traffic'),
  at,
  endedAt: z.number(),
  step: z.string(),
  service: z.string(),
  family,
  address: z.string(),
  sent: z.number(),
  lost: z.number(),
  /** The first ones that failed. */
  failures: z.array(z.object({ at, outcome: z.string() })),
});

const failure = z.enum(['refused', 'timeout', 'unreachable', 'reset']);

/** Attempts at one address, again and again, from `at` to `endedAt`, made and counted by the probe's agent. */
export const streamObservation = z.object({
  kind: z.literal('stream'),
  at,
  endedAt: z.number(),
  step: z.string(),
  service: z.string(),
  family,
  /** Of `control`, the address of a plain container on the nodes' bridge. */
  address: z.string(),
  port: z.number(),
  /** new: new connections. held: one connection. udp: from one source port. control: as new, of no Service. */
  stream: z.enum(['new', 'held', 'udp', 'control']),
  intervalMs: z.number(),
  sent: z.number(),
  ok: z.number(),
  /** Attempts that failed, one after another. */
  gaps: z.array(
    z.object({
      /** The begin of the first that failed. */
      from: z.number(),
      /** The begin of the next good one, or its answer where that took long; absent while none has come. */
      to: z.number().optional(),
      count: z.number(),
      /** Of the first. */
      outcome: failure,
      /** The begins of the last good one before, and of the last that failed: how sure `from` and `to` are. */
      after: z.number().optional(),
      until: z.number(),
    }),
  ),
  /** So many more were counted and not kept. */
  moreGaps: z.number().optional(),
  /** When a held connection ended; another one took its place. */
  breaks: z.array(z.object({ at: z.number(), outcome: failure })).optional(),
  /** Of several that were held: how many were wanted, and how many there were at the end. */
  connections: z.number().optional(),
  established: z.number().optional(),
  sourcePort: z.number().optional(),
  /** Milliseconds, of the attempts that were answered. */
  latency: z.object({ p50: z.number(), p99: z.number(), max: z.number() }).optional(),
});

/** What the streams of a step met from `at` to `endedAt` is put down to another step. */
export const windowObservation = z.object({
  kind: z.literal('window'),
  /** The begin of the step `after`. */
  at,
  endedAt: z.number(),
  step: z.string(),
  /** The step that began the streams. */
  of: z.string(),
  after: z.string(),
  /** What was done in `after`, in words. */
  cause: z.string(),
  /** True where something was away by intent before: what was lost then counts from `at` on. */
  heals: z.boolean(),
});

/** What the harness's own diagnosis found about a Service. */
export const diagnosisObservation = z.object({
  kind: z.literal('diagnosis'),
  at,
  step: z.string(),
  service: z.string(),
  findings: z.array(diagnosisSchema),
});

/** The families of the cluster's nodes, pods and Services: the guide's prerequisites. */
export const prerequisitesObservation = z.object({
  kind: z.literal('prerequisites'),
  at,
  step: z.string(),
  /** Of the ServiceCIDRs. */
  services: z.array(family),
  nodes: z.array(z.object({ name: z.string(), addresses: z.array(family), pods: z.array(family) })),
});

/** What the router had learned by BGP from now on, in its kernel's table. */
export const routesObservation = z.object({
  kind: z.literal('routes'),
  at,
  routes: z.array(
    z.object({
      family,
      /** As `10.0.50.1/32`. */
      prefix: z.string(),
      /** Equal-cost paths, where there are several. */
      nextHops: z.array(
        z.object({
          address: z.string(),
          /** The node with that address. */
          node: z.string().optional(),
        }),
      ),
    }),
  ),
});

/** The BGP sessions of the router, as it told them. */
export const sessionsObservation = z.object({
  kind: z.literal('sessions'),
  at,
  /** The step that changed them; left out: the scenario's begin. */
  step: z.string().optional(),
  sessions: z.array(
    z.object({
      peer: z.string(),
      node: z.string().optional(),
      /** Of the addresses that it is between, whatever it carries. */
      family,
      /** As RFC 4271 names it. */
      state: z.string(),
      /** Where BFD watches it, how that sees the peer. */
      bfd: z.string().optional(),
    }),
  ),
});

/** Which nodes could announce a Service, and which have a ready backend of it. */
export const endpointsObservation = z.object({
  kind: z.literal('endpoints'),
  at,
  step: z.string(),
  service: z.string(),
  workers: z.array(z.string()),
  backends: z.array(z.string()),
});

/** Many connections to one address, each from another port: on which nodes the backends are that answered. */
export const spreadObservation = z.object({
  kind: z.literal('spread'),
  at,
  step: z.string(),
  service: z.string(),
  family,
  address: z.string(),
  sent: z.number(),
  lost: z.number(),
  /** Node → connections. */
  nodes: z.record(z.string(), z.number()),
});

/** A fault that was made or healed. The change itself was between `at` and `madeAt`. */
export const faultObservation = z.object({
  kind: z.literal('fault'),
  at,
  /** When what made or undid it had ended. */
  madeAt: z.number(),
  /** When its effect was seen, or that all is as before. */
  endedAt: z.number(),
  /** `end`: healed because the scenario ended. */
  step: z.string(),
  action: z.enum(['inject', 'heal']),
  /** Of a heal: the step that had made it. */
  of: z.string().optional(),
  fault: z.string(),
  node: z.string().optional(),
  /** As the scenario names the node, such as announcer. */
  target: z.string().optional(),
  families: z.array(family).optional(),
  signal: z.string().optional(),
  /** How the effect was seen. */
  effect: z.string(),
});

/** An ARP or NDP packet about an address of the scenario, as the client's interface received or sent it. */
export const neighbourMessageObservation = z.object({
  kind: z.literal('neighbour-message'),
  at,
  /** `at` is right give or take this: packets are stamped by the wall clock. */
  errorMs: z.number(),
  family,
  /** That it is about. */
  address: z.string(),
  message: z.enum(['who-has', 'is-at', 'gratuitous', 'solicitation', 'advertisement', 'unsolicited']),
  /** The MAC address that it tells: of who asks, or of who has the address. */
  mac: z.string(),
  /** The node with that MAC. */
  node: z.string().optional(),
  /** True where the client has sent it. */
  client: z.boolean().optional(),
  /** True where it was sent to all, by broadcast or multicast. */
  all: z.boolean().optional(),
  /** The flag of an advertisement: whether it replaces what a client has learned (RFC 4861, 4.4). */
  override: z.boolean().optional(),
  /** What it says, in words. */
  sentence: z.string(),
});

/** Who answered when the client asked who has an address. */
export const respondersObservation = z.object({
  kind: z.literal('responders'),
  at,
  step: z.string(),
  service: z.string(),
  family,
  address: z.string(),
  /** all: by broadcast or multicast. one: only the announcer, by unicast. */
  asked: z.enum(['all', 'one']),
  /** One for each MAC address, in the order of their answers; `node`: the one that has it. */
  answers: z.array(z.object({ mac: z.string(), node: z.string().optional() })),
  /** From the question to the first answer. */
  firstMs: z.number().optional(),
  /** How long answers were waited for. */
  waitedMs: z.number(),
});

/** Who announces an address, by everybody who says so. */
export const announcersObservation = z.object({
  kind: z.literal('announcers'),
  at,
  step: z.string(),
  service: z.string(),
  family,
  address: z.string(),
  /**
   * client: its neighbour table. status: the implementation's own object. event: its last one on the Service.
   * metric: what it counts. A node, or a MAC address that no node has; a source that cannot be had is left out.
   */
  sources: z.array(
    z.object({ source: z.enum(['client', 'status', 'event', 'metric']), nodes: z.array(z.string()) }),
  ),
});

/** A step, from its begin to the moment that its last observation counts. */
export const stepObservation = z.object({
  kind: z.literal('step'),
  at,
  id: z.string(),
  step: z.string(),
  endedAt: z.number(),
});

export const observationSchema = z.discriminatedUnion('kind', [
  serviceObservation,
  eventObservation,
  probeObservation,
  controlObservation,
  backendsObservation,
  appliedObservation,
  poolsObservation,
  nudgeObservation,
  countersObservation,
  answerObservation,
  unclaimedObservation,
  trafficObservation,
  streamObservation,
  windowObservation,
  diagnosisObservation,
  prerequisitesObservation,
  routesObservation,
  sessionsObservation,
  endpointsObservation,
  spreadObservation,
  faultObservation,
  neighbourMessageObservation,
  respondersObservation,
  announcersObservation,
  stepObservation,
]);

export type ServiceObservation = z.infer<typeof serviceObservation>;
export type EventObservation = z.infer<typeof eventObservation>;
export type ProbeObservation = z.infer<typeof probeObservation>;
export type ControlObservation = z.infer<typeof controlObservation>;
export type BackendsObservation = z.infer<typeof backendsObservation>;
export type AppliedObservation = z.infer<typeof appliedObservation>;
export type NudgeObservation = z.infer<typeof nudgeObservation>;
export type CountersObservation = z.infer<typeof countersObservation>;
export type PoolsObservation = z.infer<typeof poolsObservation>;
export type AnswerObservation = z.infer<typeof answerObservation>;
export type UnclaimedObservation = z.infer<typeof unclaimedObservation>;
export type TrafficObservation = z.infer<typeof trafficObservation>;
export type StreamObservation = z.infer<typeof streamObservation>;
export type WindowObservation = z.infer<typeof windowObservation>;
export type DiagnosisObservation = z.infer<typeof diagnosisObservation>;
export type PrerequisitesObservation = z.infer<typeof prerequisitesObservation>;
export type RoutesObservation = z.infer<typeof routesObservation>;
export type SessionsObservation = z.infer<typeof sessionsObservation>;
export type EndpointsObservation = z.infer<typeof endpointsObservation>;
export type SpreadObservation = z.infer<typeof spreadObservation>;
export type FaultObservation = z.infer<typeof faultObservation>;
export type NeighbourMessageObservation = z.infer<typeof neighbourMessageObservation>;
export type RespondersObservation = z.infer<typeof respondersObservation>;
export type AnnouncersObservation = z.infer<typeof announcersObservation>;
export type StepObservation = z.infer<typeof stepObservation>;
export type Observation = z.infer<typeof observationSchema>;
