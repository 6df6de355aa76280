import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

const featureSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  level: z
    .enum(['core', 'extended'])
    .describe('core: what every implementation owes a Service. extended: what it may do beyond that.'),
  of: z
    .enum(['implementation', 'harness'])
    .default('implementation')
    .describe('Whose feature it is. What the harness itself can do says nothing of an implementation.'),
  title: z.string().min(1).describe('As the comparison table has it.'),
  meaning: z.string().min(1).describe('What holds where it is supported, as one sentence.'),
  scenarios: z.array(z.string()).min(1).describe('Those that prove it; all of them must pass.'),
});
export type ProfileFeature = z.infer<typeof featureSchema>;

const profileSchema = z.strictObject({
  name: z.string(),
  version: z.number().int().min(1).describe('A higher one where a feature asks for more than before.'),
  features: z.array(featureSchema).min(1),
});
export type Profile = z.infer<typeof profileSchema>;

export const PROFILE_FILE = path.join(import.meta.dirname, 'dual-stack.yaml');

/** What implementations are held against. Part of the project: a mistake in it is a bug, which the tests find. */
export async function loadProfile(): Promise<Profile> {
  return profileSchema.parse(parse(await readFile(PROFILE_FILE, 'utf8')));
}
