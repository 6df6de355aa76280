import { z } from 'zod';

import { didYouMean, formatPath, type Path, type Problem } from './problem.ts';
import { suggestionFor } from './suggestion.ts';
import type { YamlSource } from './yaml-source.ts';

type Issue = z.core.$ZodIssue;

/** zod's names of types, in the words of people who write YAML. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a map',
  record: 'a map',
  string: 'a string (put it in quotes if it looks like something else)',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** zod's issues as problems with positions. `schema` is the one that found them, for its keys' names. */
export function schemaProblems(schema: z.ZodType, issues: readonly Issue[], source: YamlSource): Problem[] {
  return problemsBelow([], issues, { root: z.toJSONSchema(schema, { io: 'input' }), source });
}

/** Of the known keys, those that a map lacks because it has them misspelt. */
export function misspeltKeys(map: object, known: readonly string[]): ReadonlySet<string> {
  const unknown = Object.keys(map).filter((key) => !known.includes(key));
  const meant = unknown.flatMap((key) => suggestionFor(key, known) ?? []);
  return new Set(meant.filter((key) => !Object.hasOwn(map, key)));
}

interface Context {
  root: JsonSchema;
  source: YamlSource;
}

function problemsBelow(base: Path, issues: readonly Issue[], context: Context): Problem[] {
  // Where a key is misspelt, what a check says of the whole map ("nothing is expected") only misleads.
  const misspelt = new Set(
    issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => formatPath(path)),
  );
  return (
    issues
      .filter(({ code, path }) => code !== 'custom' || !misspelt.has(formatPath(path)))
      // It is there, under another name, and that is told.
      .filter(({ path }) => !isMisspelt([...base, ...path], context))
      .flatMap((issue) => issueProblems(base, issue, context))
  );
}

function isMisspelt(at: Path, { root, source }: Context): boolean {
  const map = valueAt(source.data, at.slice(0, -1));
  if (at.length === 0 || typeof map !== 'object' || map === null) return false;
  return misspeltKeys(map, keysAt(root, at.slice(0, -1))).has(String(at.at(-1)));
}

function issueProblems(base: Path, issue: Issue, { root, source }: Context): Problem[] {
  const at = [...base, ...issue.path];
  const value = valueAt(source.data, at);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        source.keyProblem(at, key, `unknown key "${key}"${didYouMean(key, keysAt(root, at))}`),
      );
    case 'invalid_type':
      if (value === undefined) return [source.problem(at, 'this key is missing')];
      return [source.problem(at, `this must be ${TYPES[issue.expected] ?? issue.expected}`)];
    case 'invalid_value': {
      if (value === undefined) return [source.problem(at, 'this key is missing')];
      const values = issue.values.map(String);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      const fix = didYouMean(text, values) || ` (it is one of ${values.join(', ')})`;
      return [source.problem(at, `"${text}" is not a value of this key${fix}`)];
    }
    case 'invalid_key': {
      const name = String(at.at(-1));
      const messages = issue.issues.map((inner) => `"${name}": ${inner.message}`);
      return messages.map((message) => source.keyProblem(at.slice(0, -1), name, message));
    }
    case 'invalid_union': {
      if (value === undefined) return [source.problem(at, 'this key is missing')];
      return problemsBelow(at, closestBranch(issue.errors, value), { root, source });
    }
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const unit = issue.origin === 'array' ? ' long' : issue.origin === 'string' ? ' characters' : '';
      return [source.problem(at, `this must be ${bound}${unit}`)];
    }
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      break;
  }
  return [source.problem(at, issue.message)];
}

/** The branch of a union that the author meant: for a map the one that takes maps, else the first. */
function closestBranch(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] {
  const isMap = typeof value === 'object' && value !== null;
  const takesMaps = (issues: readonly Issue[]) =>
    !issues.some(
      ({ code, path }) => path.length === 0 && (code === 'invalid_value' || code === 'invalid_type'),
    );
  return (isMap ? branches.find(takesMaps) : undefined) ?? branches[0] ?? [];
}

function valueAt(data: unknown, at: Path): unknown {
  return at.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    data,
  );
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The keys that an object at this place may have. */
function keysAt(root: JsonSchema, at: Path): string[] {
  let places = [root];
  for (const key of at) {
    places = places.flatMap(branchesOf).flatMap((place) => {
      const next =
        typeof key === 'number'
          ? place.items
          : (place.properties?.[String(key)] ?? place.additionalProperties);
      return typeof next === 'object' && !Array.isArray(next) ? [next] : [];
    });
  }
  return places.flatMap(branchesOf).flatMap((place) => Object.keys(place.properties ?? {}));
}

function branchesOf(place: JsonSchema): JsonSchema[] {
  const branches = (place.anyOf ?? []).filter((branch) => typeof branch === 'object');
  return [place, ...branches];
}
