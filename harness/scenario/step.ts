import { z } from 'zod';

import {
  addressSchema,
  distinctList,
  expectSchema,
  familySchema,
  nameSchema,
  probeSchema,
  regularExpressionSchema,
  type Expectation,
  type Probe,
} from './expectation.ts';
import { faultSchema, healSchema, placeSchema, type FaultStep, type PlaceStep } from './fault.ts';
import { outageSchema, streamsSchema, type OutageStep, type StreamsStep } from './outage.ts';
import { announcedSchema, type Announced } from './announced.ts';
import { advertiseChangeSchema, poolsChangeSchema, type AdvertiseChange, type PoolsChange } from './pool.ts';

const targetShape = {
  kind: z.string().min(1).describe("The object's kind, such as Service."),
  name: nameSchema.describe("The object's name."),
  apiVersion: z
    .string()
    .min(1)
    .optional()
    .describe('The API version; needed where the kind is not one of v1 or apps/v1.'),
};

const targetSchema = z.strictObject(targetShape);
const patchSchema = z.strictObject({
  ...targetShape,
  patch: z
    .record(z.string(), z.unknown())
    .describe('A JSON merge patch (RFC 7386); template variables may be used.'),
});
const scaleSchema = z.strictObject({
  deployment: nameSchema.describe('The Deployment: `web`, the shared backend, or one of the manifests.'),
  replicas: z.int().min(0).max(20).describe('How many pods; waits until they are Ready, or gone.'),
});
export const trafficSchema = z
  .strictObject({
    service: nameSchema.describe('The Service; the addresses that it has when the step begins are tried.'),
    port: z.int().min(1).max(65_535).describe("The Service's port."),
    lost: z.int().min(0).default(0).describe('How many connections may fail.'),
    outage: distinctList(familySchema)
      .default([])
      .describe('Families that are taken away meanwhile: some of their connections fail, and not all.'),
  })
  .describe('From now until the last step has ended, a new connection every 20 ms to each address.');

const manySchema = z
  .strictObject({
    services: nameSchema.describe('What the names of the Services begin with, such as web.'),
    count: z.int().min(1).max(5000).describe('How many there are.'),
    addresses: z.array(addressSchema).describe('What each of them has; no address comes twice.'),
  })
  .describe('Waits until many Services have their addresses, each its own.');

export const diagnoseSchema = z
  .strictObject({
    service: nameSchema.describe('The Service whose state is explained.'),
    families: distinctList(familySchema)
      .min(1)
      .optional()
      .describe('The families that are asked for; default: what its policy says.'),
    causes: distinctList(nameSchema).describe('The causes that are found (docs/diagnosis.md); [] for none.'),
    of: familySchema.optional().describe('The family that all of them are about, and not the other one.'),
  })
  .describe("The harness's own diagnosis names these causes, and no other.");

const prerequisitesSchema = z
  .strictObject({
    families: distinctList(familySchema).min(1).describe('The families that the cluster must have.'),
  })
  .describe("The guide's prerequisites: nodes, pods and Services of the families.");

const routerSchema = z
  .strictObject({
    forwards: distinctList(familySchema).describe(
      'The families that it forwards; of another one it drops every packet without a word. [] for none.',
    ),
  })
  .describe(
    "Puts a router between the client and the scenario's ranges, or changes what it forwards; it goes with the scenario.",
  );

const clientSchema = z
  .strictObject({
    gratuitous: z
      .enum(['ignored', 'heeded'])
      .describe('Gratuitous ARP and unsolicited neighbour advertisements; by default they are heeded.'),
  })
  .describe("Changes how the client on the nodes' link learns who announces; it goes with the scenario.");

const viaSchema = z
  .enum(['workers', 'backends', 'none'])
  .describe(
    'workers: every worker node is a next hop. backends: those with a ready backend of the Service. none: no route.',
  );

export const routesSchema = z
  .strictObject({
    service: nameSchema.describe('The Service; of one that is gone, the addresses that it had last.'),
    via: z
      .union([
        viaSchema,
        z
          .strictObject({ IPv4: viaSchema.optional(), IPv6: viaSchema.optional() })
          .meta({ minProperties: 1 })
          .describe('For each family; only those that are named are looked at.'),
      ])
      .describe("The next hops of every address's own route, for every family of the Service or for each."),
  })
  .describe("The routes to a Service's addresses in the table of the router, learned by BGP.");

export const spreadSchema = z
  .strictObject({
    service: nameSchema.describe('The Service whose addresses are connected to.'),
    port: z.int().min(1).max(65_535).describe("The Service's port."),
    connections: z
      .int()
      .min(8)
      .max(500)
      .default(64)
      .describe('How many connections to each address, of different source ports.'),
  })
  .describe(
    'Connections from the client behind the router reach every backend of a Service, and none fails.',
  );

const sessionStateSchema = z
  .enum(['up', 'down', 'reset'])
  .describe('up, down, or reset: they end and are opened anew.');
const sessionsSchema = z
  .strictObject({ IPv4: sessionStateSchema.optional(), IPv6: sessionStateSchema.optional() })
  .meta({ minProperties: 1 })
  .describe(
    'Shuts the sessions over one family down, at the router, brings them up again, or resets them; waits until it is so.',
  );

const fileSchema = z
  .string()
  .regex(/^[\w-][\w.-]*\.ya?ml$/, { error: 'the name of a YAML file directly under manifests/' });

export const STEP_KINDS = [
  'apply',
  'expect',
  'probe',
  'patch',
  'delete',
  'scale',
  'pools',
  'advertise',
  'restart',
  'stop',
  'start',
  'many',
  'traffic',
  'streams',
  'outage',
  'diagnose',
  'prerequisites',
  'router',
  'client',
  'routes',
  'spread',
  'sessions',
  'place',
  'fault',
  'heal',
  'announced',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** The kinds that the API can refuse. */
const REFUSABLE = ['apply', 'patch', 'pools', 'advertise'] as const satisfies StepKind[];

const stepFields = {
  id: nameSchema
    .optional()
    .describe('Unique in the scenario; default: kind and position, such as `expect-2`.'),
  apply: distinctList(fileSchema).min(1).optional().describe('Applies files of manifests/, in this order.'),
  expect: expectSchema.optional(),
  probe: probeSchema.optional(),
  patch: patchSchema.optional().describe('Patches an object.'),
  delete: targetSchema.optional().describe('Deletes an object and waits until it is gone.'),
  scale: scaleSchema.optional().describe('Scales a Deployment.'),
  pools: poolsChangeSchema.optional(),
  advertise: advertiseChangeSchema.optional(),
  restart: z
    .literal('controller')
    .optional()
    .describe("Ends the implementation's allocator, and waits until it serves again."),
  stop: z
    .literal('controller')
    .optional()
    .describe("Takes the implementation's allocator away; it comes back with `start`, or with the end."),
  start: z
    .literal('controller')
    .optional()
    .describe("Brings the implementation's allocator back, and waits until it serves."),
  many: manySchema.optional(),
  traffic: trafficSchema.optional(),
  streams: streamsSchema.optional(),
  outage: outageSchema.optional(),
  diagnose: diagnoseSchema.optional(),
  prerequisites: prerequisitesSchema.optional(),
  router: routerSchema.optional(),
  client: clientSchema.optional(),
  routes: routesSchema.optional(),
  spread: spreadSchema.optional(),
  sessions: sessionsSchema.optional(),
  place: placeSchema.optional(),
  fault: faultSchema.optional(),
  heal: healSchema.optional(),
  announced: announcedSchema.optional(),
} satisfies Record<'id' | StepKind, z.ZodType>;

const stepModifiers = {
  copies: z
    .int()
    .min(1)
    .max(5000)
    .optional()
    .describe('With `apply`: so many times, with ${index} from 1 on.'),
  rejected: regularExpressionSchema
    .optional()
    .describe(
      `With ${REFUSABLE.join(', ')}: the API refuses it, with a message that this matches somewhere.`,
    ),
};

/**
 * One object with a key for each kind, rather than a union: so an editor completes every kind, and a mistake
 * inside a step is reported where it is instead of as "no branch of the union matches".
 */
export const stepSchema = z
  .strictObject({ ...stepFields, ...stepModifiers })
  .check((context) => {
    const { value } = context;
    const report = (message: string, ...path: string[]) =>
      context.issues.push({ code: 'custom', message, path, input: value });
    const kinds = STEP_KINDS.filter((kind) => value[kind] !== undefined);
    if (kinds.length === 0) report(`a step does one of ${STEP_KINDS.join(', ')}`);
    if (kinds.length > 1) {
      report(`a step does one thing, this one does ${kinds.join(' and ')}: make it ${kinds.length} steps`);
    }
    if (value.rejected !== undefined && !REFUSABLE.some((kind) => value[kind] !== undefined)) {
      report(`only ${REFUSABLE.join(', ')} can be refused`, 'rejected');
    }
    if (value.copies !== undefined && value.apply === undefined) report('only `apply` has copies', 'copies');
  })
  .meta({ oneOf: STEP_KINDS.map((kind) => ({ required: [kind] })) })
  .describe(`One step: an \`id\` and exactly one of ${STEP_KINDS.join(', ')}.`);

export type StepFields = z.output<typeof stepSchema>;
export type Target = z.output<typeof targetSchema>;
export type Patch = z.output<typeof patchSchema>;
export type Scale = z.output<typeof scaleSchema>;
export type Traffic = z.output<typeof trafficSchema>;
export type Many = z.output<typeof manySchema>;
export type Diagnose = z.output<typeof diagnoseSchema>;
export type Prerequisites = z.output<typeof prerequisitesSchema>;
export type RouterStep = z.output<typeof routerSchema>;
export type ClientStep = z.output<typeof clientSchema>;
export type Routes = z.output<typeof routesSchema>;
export type Via = z.output<typeof viaSchema>;
export type Spread = z.output<typeof spreadSchema>;
export type Sessions = z.output<typeof sessionsSchema>;

interface StepContents {
  apply: string[];
  expect: Expectation;
  probe: Probe;
  patch: Patch;
  delete: Target;
  scale: Scale;
  pools: PoolsChange;
  advertise: AdvertiseChange;
  restart: 'controller';
  stop: 'controller';
  start: 'controller';
  many: Many;
  traffic: Traffic;
  streams: StreamsStep;
  outage: OutageStep;
  diagnose: Diagnose;
  prerequisites: Prerequisites;
  router: RouterStep;
  client: ClientStep;
  routes: Routes;
  spread: Spread;
  sessions: Sessions;
  place: PlaceStep;
  fault: FaultStep;
  heal: string;
  announced: Announced;
}

/** What the API must refuse, and how often a manifest is applied. */
interface Modifiers {
  rejected?: string | undefined;
  copies?: number | undefined;
}

/** A step as the harness runs it: its kind, its id, and under the kind's name what it is about. */
export type Step = {
  [K in StepKind]: { kind: K; id: string } & Pick<StepContents, K> & Modifiers;
}[StepKind];

/** A step as the harness runs it. `position` counts from 1 and is the default id's number. */
export function toStep(fields: StepFields, position: number): Step {
  const kind = STEP_KINDS.find((one) => fields[one] !== undefined);
  if (kind === undefined) throw new TypeError('a step without a kind passed stepSchema');
  const { rejected, copies } = fields;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stepSchema has made sure that it is so
  return {
    kind,
    id: fields.id ?? `${kind}-${position}`,
    [kind]: fields[kind],
    ...(rejected === undefined ? {} : { rejected }),
    ...(copies === undefined ? {} : { copies }),
  } as unknown as Step;
}

/** The kinds that something is compared in. */
export const TESTS = [
  'expect',
  'probe',
  'many',
  'traffic',
  'outage',
  'diagnose',
  'prerequisites',
  'routes',
  'spread',
  'announced',
] as const;

/** Whether a step can refute anything. */
export function isTest({ kind, rejected }: Pick<Step, 'kind' | 'rejected'>): boolean {
  return rejected !== undefined || TESTS.some((test) => test === kind);
}
