import { z } from 'zod';

import { distinctList, familySchema, nameSchema } from './expectation.ts';

/** Template variables that are not ranges begin with these, so no range may have such a name. */
export const RESERVED_NAMES: readonly string[] = ['backend', 'run', 'annotation', 'pool', 'index'];

export const rangeNameSchema = z
  .string()
  .regex(/^[a-z][-a-z0-9]*$/, { error: 'the name of a range has lower-case letters, digits and hyphens' })
  .refine((name) => !RESERVED_NAMES.includes(name), {
    error: `${RESERVED_NAMES.join(', ')} are taken by template variables`,
  });

export const rangeSchema = z
  .strictObject({
    family: familySchema,
    size: z.int().min(1).max(1024).describe('How many addresses, 1 to 1024.'),
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
  })
  .describe("A layer 2 advertisement; each implementation's folder renders it (MetalLB: L2Advertisement).");

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
