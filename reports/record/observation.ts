import { z } from 'zod';

import { FAMILIES } from '../../base/addresses.ts';

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

/** A step, from its begin to the moment that its last observation counts. */
export const stepObservation = z.object({
  kind: z.literal('step'),
  at,
  id: z.string(),
  step: z.enum(['apply', 'expect', 'probe', 'patch', 'delete', 'scale']),
  endedAt: z.number(),
});

export const observationSchema = z.discriminatedUnion('kind', [
  serviceObservation,
  eventObservation,
  probeObservation,
  controlObservation,
  backendsObservation,
  stepObservation,
]);

export type ServiceObservation = z.infer<typeof serviceObservation>;
export type EventObservation = z.infer<typeof eventObservation>;
export type ProbeObservation = z.infer<typeof probeObservation>;
export type ControlObservation = z.infer<typeof controlObservation>;
export type BackendsObservation = z.infer<typeof backendsObservation>;
export type StepObservation = z.infer<typeof stepObservation>;
export type Observation = z.infer<typeof observationSchema>;
