import { z } from 'zod';

import { FAMILIES, type Family } from '../../base/addresses.ts';

export const familySchema = z.enum(FAMILIES).describe('IPv4 or IPv6, as Kubernetes writes it.');

/** An RFC 1123 label, which is what the API server takes for the names that scenarios use. */
export const nameSchema = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, {
  error: 'a name has lower-case letters, digits and hyphens, 63 at most',
});

export const regularExpressionSchema = z
  .string()
  .min(1)
  .check((context) => {
    try {
      RegExp(context.value);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.issues.push({ code: 'custom', message, input: context.value });
    }
  })
  .meta({ format: 'regex' });

/** A list in which each value comes once. */
export function distinctList<T extends string>(item: z.ZodType<T>) {
  return z.array(item).check((context) => {
    for (const [index, value] of context.value.entries()) {
      if (context.value.indexOf(value) === index) continue;
      context.issues.push({
        code: 'custom',
        message: `"${value}" is listed twice`,
        path: [index],
        input: value,
      });
    }
  });
}

export const addressSchema = z
  .strictObject({
    family: familySchema,
    pool: nameSchema
      .optional()
      .describe('The pool that the address must be inside. Left out, any address of the family will do.'),
    address: z
      .string()
      .min(1)
      .optional()
      .describe('The very address, such as `${v4.first}`; template variables may be used.'),
  })
  .describe('One address of the Service.');

const eventSchema = z
  .strictObject({
    reason: z.string().min(1).describe("The event's reason, such as AllocationFailed."),
    type: z.enum(['Normal', 'Warning']).optional().describe("The event's type. Left out, either will do."),
    message: regularExpressionSchema
      .optional()
      .describe("A regular expression (JavaScript's) that the event's message must match somewhere."),
  })
  .describe('An event on the Service.');

/** What must be true of a Service's status, its spec and its events. */
export const expectSchema = z
  .strictObject({
    service: nameSchema.describe('The Service that is looked at.'),
    addresses: z
      .array(addressSchema)
      .optional()
      .describe(
        'The exact set of addresses in status.loadBalancer.ingress, one entry an address. Left out, any will do.',
      ),
    order: z
      .enum(['any', 'listed'])
      .default('any')
      .describe('listed: the status must hold the addresses in the order of `addresses`.'),
    primary: familySchema
      .optional()
      .describe("The Service's primary family: that of spec.ipFamilies[0] and spec.clusterIPs[0]."),
    pending: z
      .boolean()
      .default(false)
      .describe('true: the Service has no address, and stays without one for the settle time.'),
    distinctFrom: distinctList(nameSchema)
      .default([])
      .describe('Services that must share no address with this one.'),
    sharesWith: distinctList(nameSchema)
      .default([])
      .describe('Services that have the same addresses as this one.'),
    keeps: nameSchema
      .optional()
      .describe('The id of an earlier `expect` step: the addresses that the Service had then it still has.'),
    loses: nameSchema
      .optional()
      .describe(
        'The id of an earlier `expect` step: the Service has none of the addresses that it had then.',
      ),
    says: z
      .enum(['satisfied', 'partial', 'refused', 'nothing'])
      .optional()
      .describe(
        'What the implementation tells on the Service, by events or conditions: satisfied, partial (one family, and why not the other), refused (none, and why) or nothing, since the Service was made.',
      ),
    events: z
      .array(eventSchema)
      .default([])
      .describe('Events that the Service must have; others may be there too.'),
  })
  .check((context) => {
    const { addresses, order, primary, pending, distinctFrom, sharesWith, keeps, loses, says, events } =
      context.value;
    const report = (message: string, ...path: string[]) =>
      context.issues.push({ code: 'custom', message, path, input: context.value });
    const count = addresses?.length ?? 0;
    if (pending && count > 0) {
      report('a pending Service has no address: leave `addresses` out, or `pending`', 'addresses');
    }
    if (!pending && addresses && count === 0) {
      report('no address is expected: say `pending: true` instead, so that it must stay so', 'addresses');
    }
    if (order === 'listed' && count < 2) report('an order takes two addresses', 'order');
    if (pending && distinctFrom.length > 0)
      report('a pending Service has no address to compare', 'distinctFrom');
    if (pending && sharesWith.length > 0) report('a pending Service has no address to share', 'sharesWith');
    if (pending && keeps !== undefined) report('a pending Service keeps no address', 'keeps');
    const rest = [...events, ...distinctFrom, ...sharesWith];
    if (!addresses && !primary && !pending && !keeps && !loses && !says && rest.length === 0) {
      report(
        'nothing is expected: say `addresses`, `primary`, `pending`, `distinctFrom`, `sharesWith`, `keeps`, `loses`, `says` or `events`',
      );
    }
  })
  .describe('Waits until the Service is as described, or the time for it is up.');

export const OUTCOMES = ['reachable', 'unreachable', 'no-address'] as const;
/** What a probe of one family meets; `no-address`: the Service has no address of that family. */
export type Outcome = (typeof OUTCOMES)[number];

const outcomeSchema = z
  .enum(OUTCOMES)
  .describe('reachable, unreachable, or no-address (the Service has no address of the family).');

const outcomesSchema = z
  .strictObject({ IPv4: outcomeSchema.optional(), IPv6: outcomeSchema.optional() })
  .check((context) => {
    if (Object.keys(context.value).length > 0) return;
    context.issues.push({ code: 'custom', message: 'name IPv4, IPv6 or both', input: context.value });
  })
  .meta({ minProperties: 1 })
  .describe('An outcome for each family; only the families that are named are probed.');

/** Whose address a backend may see a connection come from. */
export const SOURCES = ['client', 'cluster'] as const;

/** In bytes; of netexec's answers the agent takes no more than 64 KiB. */
const MAX_PAYLOAD = 32_768;

/** Connections from a client on the nodes' link to every address of a Service. */
export const probeSchema = z
  .strictObject({
    service: nameSchema.describe('The Service whose addresses are probed.'),
    port: z.int().min(1).max(65535).describe("The Service's port, not the targetPort."),
    protocol: z
      .enum(['http', 'tcp', 'udp'])
      .default('http')
      .describe(
        'http: a GET that is answered; tcp: a connection that is accepted; udp: a datagram that is answered.',
      ),
    expect: z
      .union([outcomeSchema, outcomesSchema])
      .describe('One outcome for every family, or one for each.'),
    families: distinctList(familySchema)
      .min(1)
      .optional()
      .describe(
        "The families to probe, where `expect` is one outcome. Default: the Service's spec.ipFamilies.",
      ),
    backends: z
      .boolean()
      .default(false)
      .describe("true: the pod that answers must be one of the Service's backends."),
    source: z
      .enum(SOURCES)
      .optional()
      .describe(
        "What the backend sees as the source address: client, the client's own; cluster, an address of a node or of the pod network.",
      ),
    payload: z
      .int()
      .min(1)
      .max(MAX_PAYLOAD)
      .optional()
      .describe(
        'So many bytes are sent, and must come back unchanged. A datagram has 5 bytes more: 1447 fills an MTU of 1500 over IPv6, 1467 over IPv4.',
      ),
    from: z
      .union([
        z.enum(['client', 'node']),
        z.strictObject({ app: nameSchema.describe("The pod's label app.") }),
      ])
      .optional()
      .describe(
        'client: from behind the router that nodes speak BGP with, instead of from their link. node: from a node without a backend of the Service. {app: NAME}: from a pod.',
      ),
    announced: z
      .boolean()
      .default(false)
      .describe("true: the client learned a node's MAC address for it, by ARP for IPv4 and by NDP for IPv6."),
    cold: z
      .boolean()
      .default(false)
      .describe('true: the client forgets all MAC addresses before it, as one that has just come does.'),
    neighbours: z
      .enum(['cold', 'warm'])
      .optional()
      .describe(
        'cold: the client has forgotten who announces the addresses, and has to ask all; warm: it knows, and must not ask all again.',
      ),
  })
  .check((context) => {
    const { expect, families, backends, from, announced, protocol, source, payload } = context.value;
    const { cold, neighbours } = context.value;
    const report = (message: string, ...path: string[]) =>
      context.issues.push({ code: 'custom', message, path, input: context.value });
    if (families && typeof expect === 'object') report('`expect` names the families already', 'families');
    const outcomes = typeof expect === 'string' ? [expect] : Object.values(expect);
    if (backends && !outcomes.includes('reachable'))
      report('nothing answers that is not reachable', 'backends');
    if (source !== undefined && !outcomes.includes('reachable'))
      report('nothing answers that is not reachable', 'source');
    if (payload !== undefined && !outcomes.includes('reachable'))
      report('nothing comes back that is not reachable', 'payload');
    if (protocol === 'tcp' && (source !== undefined || payload !== undefined)) {
      report('over tcp nothing is asked: say `protocol: http`', source === undefined ? 'payload' : 'source');
    }
    if (from && announced)
      report('only a client on the link of the nodes learns their addresses', 'announced');
    if (from !== undefined && from !== 'client') {
      if (protocol !== 'http') report('from within the cluster HTTP alone is spoken', 'protocol');
      if (cold || neighbours) report('only a client on the link of the nodes has neighbours', 'from');
    }
  })
  .describe('Connects to the Service from a client on the link of the nodes, each family on its own.');

export type Expectation = z.output<typeof expectSchema>;
export type ExpectedAddress = z.output<typeof addressSchema>;
export type ExpectedEvent = z.output<typeof eventSchema>;
export type Probe = z.output<typeof probeSchema>;

/** The outcome that a probe expects of each family it probes. `serviceFamilies`: spec.ipFamilies. */
export function expectedOutcomes(probe: Probe, serviceFamilies: readonly Family[]): Map<Family, Outcome> {
  const { expect } = probe;
  if (typeof expect === 'string') {
    return new Map((probe.families ?? serviceFamilies).map((family) => [family, expect]));
  }
  return new Map(
    FAMILIES.flatMap((family) => {
      const outcome = expect[family];
      return outcome === undefined ? [] : [[family, outcome] as const];
    }),
  );
}
