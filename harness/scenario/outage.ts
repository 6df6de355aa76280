import { z } from 'zod';

import { distinctList, familySchema, nameSchema } from './expectation.ts';

const portSchema = z.int().min(1).max(65_535);
const families = (text: string) => distinctList(familySchema).default([]).describe(text);
const ms = z.number().min(0);

export const streamsSchema = z
  .strictObject({
    service: nameSchema.describe('The Service; the addresses that it has when the step begins are tried.'),
    port: portSchema.describe("The Service's TCP port, behind which is HTTP."),
    udpPort: portSchema.optional().describe("The Service's UDP port; agnhost's netexec answers at 8081."),
    protocol: z
      .enum(['http', 'tcp'])
      .default('http')
      .describe('How far a new connection goes: to the first bytes of an answer, or to the TCP handshake.'),
    connections: z
      .int()
      .min(1)
      .max(1000)
      .default(1)
      .describe('How many connections are held at each address; each has its turn, one every interval.'),
    from: z
      .literal('client')
      .optional()
      .describe('client: from the client behind the router; left out: from the one on the nodes’ link.'),
    interval: z
      .number()
      .min(1)
      .max(1000)
      .default(10)
      .describe('Milliseconds between two attempts of each stream.'),
  })
  .describe(
    'From now until the last step has ended, to each address: new connections, a held one, and datagrams from one port; and a control.',
  );

export const outageSchema = z
  .strictObject({
    of: nameSchema.describe('The earlier `streams` step whose streams are looked at.'),
    after: nameSchema.describe('The earlier step that what follows is put down to, such as a fault.'),
    longest: z
      .union([
        ms,
        z.strictObject({
          IPv4: ms.optional().describe('For IPv4; left out: not compared.'),
          IPv6: ms.optional().describe('For IPv6; left out: not compared.'),
        }),
      ])
      .describe('For how many milliseconds new connections may fail; 0 for not at all.'),
    seen: families('Families of which some attempts must fail: else the fault did nothing.'),
    away: families('Families that are lost, and do not come back by themselves.'),
    held: z
      .enum(['survives', 'ends'])
      .optional()
      .describe('What becomes of the held connections of the families that are not `away`.'),
    within: ms
      .optional()
      .describe(
        'In how many milliseconds it is over: the last new connection that fails begins no later. Where only some of the paths to an address are lost, connections fail now and then for so long.',
      ),
    skew: ms.optional().describe('How far apart the two families may be answered again, in milliseconds.'),
    quiet: z
      .number()
      .min(1000)
      .max(60_000)
      .default(3000)
      .describe('Milliseconds without a failure after which it is over.'),
  })
  .check(({ value: { seen, away, longest }, issues }) => {
    for (const [i, family] of away.entries()) {
      if (!seen.includes(family)) continue;
      const message = `${family} comes back, or it does not: name it once`;
      issues.push({ code: 'custom', message, path: ['away', i], input: away });
    }
    for (const [i, family] of seen.entries()) {
      if (longestOf(longest, family) !== 0) continue;
      const message = `${family} cannot fail and not fail: \`longest\` is 0`;
      issues.push({ code: 'custom', message, path: ['seen', i], input: seen });
    }
  })
  .describe('Waits until what a step has cost is over, and compares it, for each family.');

export type StreamsStep = z.output<typeof streamsSchema>;
export type OutageStep = z.output<typeof outageSchema>;

/** Undefined where nothing is said of the family. */
export function longestOf(longest: OutageStep['longest'], family: 'IPv4' | 'IPv6'): number | undefined {
  return typeof longest === 'number' ? longest : longest[family];
}
