import { z } from 'zod';

import { FAMILIES } from '../../base/addresses.ts';
import { distinctList, familySchema, nameSchema } from './expectation.ts';
import { literalRange } from './literal-range.ts';

/** Template variables that are not ranges begin with these, so no range may have such a name. */
export const RESERVED_NAMES: readonly string[] = [
  'backend',
  'run',
  'annotation',
  'class',
  'pool',
  'node',
  'index',
];

export const rangeNameSchema = z
  .string()
  .regex(/^[a-z][-a-z0-9]*$/, { error: 'the name of a range has lower-case letters, digits and hyphens' })
  .refine((name) => !RESERVED_NAMES.includes(name), {
    error: `${RESERVED_NAMES.join(', ')} are taken by template variables`,
  });

export const rangeSchema = z
  .strictObject({
    family: familySchema,
    size: z.int().min(1).max(1024).optional().describe('How many addresses, 1 to 1024.'),
    addresses: z
      .string()
      .min(1)
      .optional()
      .describe(
        'These very addresses, as `first-last`, instead: private ones, and only where BGP announces them.',
      ),
  })
  .check((context) => {
    const { family, size, addresses } = context.value;
    const report = (message: string, ...path: string[]) =>
      context.issues.push({ code: 'custom', message, path, input: context.value });
    if ((size === undefined) === (addresses === undefined)) {
      report('say how many addresses by `size`, or which ones by `addresses`');
    }
    const read = addresses === undefined ? undefined : literalRange(addresses, family);
    if (typeof read === 'string') report(read, 'addresses');
  })
  .describe("A range of addresses, cut out of the cluster's subnet for this scenario alone.");

const labelsSchema = z.record(z.string().min(1), z.string());

export const poolSchema = z
  .strictObject({
    name: nameSchema.describe('The name of the pool, such as ipv4-pool.'),
    ranges: distinctList(z.string())
      .min(1)
      .describe('Names of ranges; a dual-stack pool has one of each family.'),
    addresses: distinctList(z.string().min(1))
      .min(1)
      .optional()
      .describe('Further addresses as `first-last`, as they are written; template variables may be used.'),
    autoAssign: z
      .boolean()
      .optional()
      .describe('false: only Services that ask for this pool get its addresses.'),
    avoidBuggyIPs: z
      .boolean()
      .optional()
      .describe('true: IPv4 addresses that end in .0 or .255 are not handed out.'),
    priority: z
      .int()
      .min(0)
      .max(1000)
      .optional()
      .describe('Of the pools that a Service may use, the lowest number above 0 comes first.'),
    namespaces: distinctList(z.string())
      .min(1)
      .optional()
      .describe('Only Services of these namespaces; `${run.namespace}` is that of the scenario.'),
    serviceSelector: labelsSchema.optional().describe('Only Services with these labels.'),
  })
  .describe("A pool; each implementation's folder renders it (MetalLB: IPAddressPool).");

export const advertisementSchema = z
  .strictObject({
    name: nameSchema.describe('The name of the advertisement, such as ipv4-l2adv.'),
    pools: distinctList(z.string()).min(1).describe('Names of the pools that are advertised.'),
    by: z
      .enum(['l2', 'bgp'])
      .optional()
      .describe(
        'l2: on the link of the nodes, the default. bgp: to a router, behind which there is a client.',
      ),
    nodes: distinctList(z.string().min(1))
      .min(1)
      .optional()
      .describe('Only these nodes announce, such as "${node.worker-1}".'),
    interfaces: distinctList(z.string().min(1))
      .min(1)
      .optional()
      .describe('Only these interfaces of the nodes announce, such as eth0.'),
    serviceSelector: labelsSchema.optional().describe('Only Services with these labels are announced.'),
  })
  .describe(
    "An advertisement; each implementation's folder renders it (MetalLB: L2Advertisement, BGPAdvertisement).",
  );

/** How nodes and router speak with one another, where an advertisement is `by: bgp`. */
export const bgpSchema = z
  .strictObject({
    sessions: distinctList(familySchema)
      .min(1)
      .default([...FAMILIES])
      .describe('The families of the addresses that sessions are between; default: one of each.'),
    bothFamilies: z
      .boolean()
      .default(false)
      .describe('true: every session carries the routes of both families, not only of its own.'),
    bfd: z
      .boolean()
      .default(false)
      .describe('true: BFD watches the sessions; a node is missed after 300 ms.'),
    gracefulRestart: z
      .boolean()
      .default(false)
      .describe('true: routes stay while the BGP of a node restarts (RFC 4724).'),
    holdTime: z
      .int()
      .min(3)
      .max(300)
      .default(30)
      .describe('Seconds of silence after which a session ends, where nothing else tells of its end.'),
  })
  .describe('The sessions between the nodes and the router, where an advertisement is `by: bgp`.');

export type Bgp = z.output<typeof bgpSchema>;

function changeSchema<T extends z.ZodType>(item: T) {
  return z
    .strictObject({
      put: z.array(item).default([]).describe('Made, or changed where one of the name is there.'),
      remove: distinctList(nameSchema).default([]).describe('Names of those that are deleted.'),
    })
    .refine(({ put, remove }) => put.length + remove.length > 0, {
      error: 'say what is `put` or what is to `remove`',
    });
}

export const poolsChangeSchema = changeSchema(poolSchema).describe(
  'Changes pools, and waits until the implementation has taken that in.',
);
export const advertiseChangeSchema = changeSchema(advertisementSchema).describe('Changes advertisements.');

export type Range = z.output<typeof rangeSchema>;
export type Pool = z.output<typeof poolSchema>;
export type Advertisement = z.output<typeof advertisementSchema>;
export type PoolsChange = z.output<typeof poolsChangeSchema>;
export type AdvertiseChange = z.output<typeof advertiseChangeSchema>;
