import { LineCounter, parseAllDocuments } from 'yaml';
import { z } from 'zod';

import { UsageError } from '../../base/errors.ts';
import type { Problem } from './problem.ts';
import type { Range } from './schema.ts';
import { placeholderProblem, placeholdersIn, render, type Variables } from './template.ts';
import { displayPath } from './yaml-source.ts';

/** A Kubernetes object as a manifest has it; only what every object has is checked. */
export const kubernetesObjectSchema = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1) }),
});
export type KubernetesObject = z.output<typeof kubernetesObjectSchema>;

export interface ManifestSource {
  file: string;
  text: string;
  variables: Variables;
}

/**
 * The objects of a manifest, its variables replaced.
 * @throws UsageError `DUALVIP_MANIFEST_INVALID`, which a scenario that was loaded does not meet
 */
export function renderManifest(source: ManifestSource): KubernetesObject[] {
  const { objects, problems } = checkObjects({ ...source, text: render(source.text, source.variables) });
  const [problem] = problems;
  if (problem) {
    const { file, line, column, message } = problem;
    throw new UsageError('DUALVIP_MANIFEST_INVALID', `${file}:${line}:${column}: ${message}`, {
      hint: 'Put quotes around a template variable whose value YAML takes for something else.',
    });
  }
  return objects;
}

/** The same for the author of a scenario: every problem, with its position, instead of a throw. */
export function checkManifest(source: ManifestSource & { ranges: Readonly<Record<string, Range>> }): {
  objects: KubernetesObject[];
  problems: Problem[];
} {
  const { file, text, variables, ranges } = source;
  const problems = placeholdersIn(text).flatMap(({ name, offset }): Problem[] => {
    const message = placeholderProblem(name, variables, ranges);
    return message === undefined ? [] : [{ ...positionIn(file, text, offset), path: '', message }];
  });
  if (problems.length > 0) return { objects: [], problems };
  return checkObjects({ file, text: render(text, variables) });
}

// Values have no line breaks, so lines are the same before and after rendering.
function checkObjects({ file, text }: { file: string; text: string }) {
  const lineCounter = new LineCounter();
  const objects: KubernetesObject[] = [];
  const problems: Problem[] = [];
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false });
  for (const document of Array.isArray(documents) ? documents : []) {
    const report = (message: string, offset = document.contents?.range[0] ?? 0) =>
      problems.push({ ...positionIn(file, text, offset), path: '', message });
    for (const error of document.errors) report(`not valid YAML: ${error.message}`, error.pos[0]);
    if (document.errors.length > 0) continue;
    const data: unknown = document.toJS();
    // What follows a last `---` is an empty document, which kubectl skips too.
    if (data === null) continue;
    const parsed = kubernetesObjectSchema.safeParse(data);
    if (!parsed.success) {
      report('not a Kubernetes object: it takes apiVersion, kind and metadata.name');
    } else if ('namespace' in parsed.data.metadata) {
      report('metadata.namespace: leave it out, the harness puts the object into the namespace of the run');
    } else {
      objects.push(parsed.data);
    }
  }
  if (objects.length + problems.length === 0) {
    problems.push({ ...positionIn(file, text, 0), path: '', message: 'no Kubernetes object in this file' });
  }
  return { objects, problems };
}

function positionIn(file: string, text: string, offset: number) {
  const before = text.slice(0, offset).split('\n');
  return { file: displayPath(file), line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
