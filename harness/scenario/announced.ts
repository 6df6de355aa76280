import { z } from 'zod';

import { FAMILIES, type Family } from '../../base/addresses.ts';
import { distinctList, familySchema, nameSchema } from './expectation.ts';

export const RESPONDERS = ['one', 'none', 'several'] as const;
/** How many answer when the client asks all: several is a split brain, none is silence. */
export type ResponderCount = (typeof RESPONDERS)[number];

export const DIRECTLY = ['answered', 'silent'] as const;
/** What becomes of the question to the announcer alone. */
export type Directly = (typeof DIRECTLY)[number];

export const ANNOUNCER_SOURCES = ['client', 'status', 'event', 'metric'] as const;
export type AnnouncerSource = (typeof ANNOUNCER_SOURCES)[number];

/** One value for every family, or one for each. */
function perFamily<T extends string>(item: z.ZodType<T>) {
  const own = item.optional().describe('Of this family.');
  return z.union([item, z.strictObject({ IPv4: own, IPv6: own })]);
}

const STEP = 'the id of an earlier `announced` step';

export const announcedSchema = z
  .strictObject({
    service: z
      .union([nameSchema, distinctList(nameSchema).min(1)])
      .describe('The Service, or several; of each, every address that it has.'),
    families: distinctList(familySchema)
      .min(1)
      .optional()
      .describe("The families that are asked for. Default: the Service's spec.ipFamilies."),
    responders: perFamily(z.enum(RESPONDERS))
      .default('one')
      .describe(
        'Who answers when the client asks all, by broadcast (ARP) or multicast (NDP): one node, none, or several. Of several Services, `several` holds where it does for one of them.',
      ),
    directly: perFamily(z.enum(DIRECTLY))
      .optional()
      .describe(
        'The client then asks the announcer alone, as it does after a while to see whether it is still there: answered, or silent.',
      ),
    node: z
      .enum(['same', 'different'])
      .optional()
      .describe('Whether one node announces the addresses of both families.'),
    on: distinctList(z.string().min(1))
      .min(1)
      .optional()
      .describe('The nodes that may be the one, such as "${node.worker-1}".'),
    moved: nameSchema.optional().describe(`${STEP}: since then another node announces.`),
    stays: nameSchema.optional().describe(`${STEP}: the same node as then announces.`),
    differ: distinctList(z.enum(ANNOUNCER_SOURCES))
      .default([])
      .describe('Sources that do not say what the client hears; for known deviations.'),
  })
  .check((context) => {
    const { responders, directly, node, on, moved, stays } = context.value;
    const report = (message: string, path: string) =>
      context.issues.push({ code: 'custom', message, path: [path], input: context.value });
    if (moved !== undefined && stays !== undefined) report('it moved, or it stays: not both', 'stays');
    if (typeof responders !== 'string' || responders === 'one') return;
    const one = { directly, node, on, moved, stays };
    for (const [key, value] of Object.entries(one)) {
      if (value !== undefined)
        report(`takes one that answers: \`responders: ${responders}\` leaves none`, key);
    }
  })
  .describe(
    'Asks on the link who has the addresses of a Service, and compares that with what is said of it.',
  );

export type Announced = z.output<typeof announcedSchema>;

export function servicesOf({ service }: Pick<Announced, 'service'>): readonly string[] {
  return typeof service === 'string' ? [service] : service;
}

/** What is expected of one family, where it is said for both at once or for each. */
export function ofFamily<T extends string>(
  value: T | { [family in Family]?: T | undefined } | undefined,
  family: Family,
): T | undefined {
  return typeof value === 'object' ? value[family] : value;
}

/** The families that a step asks for. `serviceFamilies`: spec.ipFamilies. */
export function announcedFamilies({ families }: Announced, serviceFamilies: readonly Family[]): Family[] {
  return FAMILIES.filter((family) => (families ?? serviceFamilies).includes(family));
}
