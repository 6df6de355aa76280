import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

import type { Place, PlaceOf } from './annotations.ts';

/** Reads where the steps of these scenarios are written. A file that is not there, or no YAML, has no places. */
export async function scenarioPlaces(
  ids: readonly string[],
  { folder, root }: { folder: string; root: string },
): Promise<PlaceOf> {
  const found = await Promise.all(
    ids.map(async (id) => {
      // An id may be another's text.
      if (id !== path.basename(id)) return undefined;
      const file = path.join(folder, id, 'scenario.yaml');
      const relative = path.relative(root, file);
      if (relative.startsWith('..') || path.isAbsolute(relative)) return undefined;
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      return [id, { file: relative.split(path.sep).join('/'), lines: stepLines(text) }] as const;
    }),
  );
  const places = new Map(found.filter((one) => one !== undefined));
  return (scenario, step): Place | undefined => {
    const place = places.get(scenario);
    return place && { file: place.file, line: place.lines.get(step ?? '') ?? 1 };
  };
}

/** The line of each step, by its id. */
export function stepLines(text: string): ReadonlyMap<string, number> {
  const counter = new LineCounter();
  const steps = parseDocument(text, { lineCounter: counter }).get('steps');
  if (!isSeq(steps)) return new Map();
  return new Map(
    steps.items.flatMap((step) => {
      const id = isMap(step) ? step.get('id', true) : undefined;
      if (!isScalar(id) || typeof id.value !== 'string' || !id.range) return [];
      return [[id.value, counter.linePos(id.range[0]).line] as const];
    }),
  );
}
