import path from 'node:path';

import { carve, writtenRange } from './carve.ts';
import type { Parts } from './cross-check.ts';
import { checkManifest, type KubernetesObject } from './manifest.ts';
import { didYouMean, type Path, type Problem } from './problem.ts';
import type { Pool, Range, Step } from './schema.ts';
import { placeholderProblem, placeholdersIn, variablesOf, type Variables } from './template.ts';
import { displayPath, type YamlSource } from './yaml-source.ts';

export interface Checked {
  parts: Parts;
  /** Texts of manifests/ by file name. */
  manifests: Readonly<Record<string, string>>;
  /** The scenario's folder. */
  folder: string;
  source: YamlSource;
}

/** Each file that is applied exists, and each that exists is applied. */
export function checkFiles({ parts, manifests, folder, source }: Checked): Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(manifests);
  const applied = new Set<string>();
  for (const [i, step] of parts.steps.entries()) {
    if (step?.kind !== 'apply') continue;
    for (const [j, name] of step.apply.entries()) {
      applied.add(name);
      if (names.includes(name)) continue;
      const message = `no file manifests/${name}${didYouMean(name, names)}`;
      problems.push(source.problem(['steps', i, 'apply', j], message));
    }
  }
  // A step that is invalid could be the one that applies them.
  if (parts.steps.includes(undefined)) return problems;
  for (const name of names.filter((other) => !applied.has(other))) {
    const file = displayPath(path.join(folder, 'manifests', name));
    problems.push({ file, line: 1, column: 1, path: '', message: 'no step applies this file' });
  }
  return problems;
}

export interface CheckedTemplates {
  problems: Problem[];
  /** The objects of each manifest; undefined for one with problems. */
  objects: Map<string, KubernetesObject[] | undefined>;
  rangesUsed: Set<string>;
}

/** Checks manifests and patches with values like those of a run. */
export function checkTemplates(
  options: Checked & { ranges: Readonly<Record<string, Range>> },
): CheckedTemplates {
  const { parts, ranges, manifests, folder, source } = options;
  const pools = parts.pools ?? [];
  const variables = sampleVariables(ranges, [
    ...pools,
    ...parts.steps.flatMap((step) => (step?.kind === 'pools' ? step.pools.put : [])),
  ]);
  const result: CheckedTemplates = { problems: [], objects: new Map(), rangesUsed: new Set() };
  const note = (text: string) => {
    for (const { name } of placeholdersIn(text)) {
      result.rangesUsed.add(name.slice(0, Math.max(0, name.lastIndexOf('.'))));
    }
  };
  for (const [name, text] of Object.entries(manifests)) {
    note(text);
    const file = path.join(folder, 'manifests', name);
    const { objects, problems } = checkManifest({ file, text, variables, ranges });
    result.problems.push(...problems);
    result.objects.set(name, problems.length > 0 ? undefined : objects);
  }
  const templates = [
    ...stringsIn(parts.pools, ['pools']),
    ...stringsIn(parts.advertise, ['advertise']),
    ...parts.steps.flatMap((step, i) => templatesOf(step, ['steps', i])),
  ];
  for (const { at, text } of templates) {
    note(text);
    for (const { name } of placeholdersIn(text)) {
      const message = placeholderProblem(name, variables, ranges);
      if (message !== undefined) result.problems.push(source.problem(at, message));
    }
  }
  return result;
}

/** The strings of a step that variables are replaced in. */
function templatesOf(step: Step | undefined, at: Path) {
  switch (step?.kind) {
    case 'patch':
      return stringsIn(step.patch.patch, [...at, 'patch', 'patch']);
    case 'pools':
      return stringsIn(step.pools.put, [...at, 'pools', 'put']);
    case 'advertise':
      return stringsIn(step.advertise.put, [...at, 'advertise', 'put']);
    case 'announced':
      return stringsIn(step.announced.on, [...at, 'announced', 'on']);
    case 'expect':
      return stringsIn(step.expect.addresses, [...at, 'expect', 'addresses']);
    default:
      return [];
  }
}

function stringsIn(value: unknown, at: Path): { at: Path; text: string }[] {
  if (typeof value === 'string') return [{ at, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    return stringsIn(item, [...at, Array.isArray(value) ? Number(key) : key]);
  });
}

function sampleVariables(ranges: Readonly<Record<string, Range>>, pools: readonly Pool[]): Variables {
  const named = Object.entries(ranges).map(([name, range]) => ({ scenario: 'sample', name, ...range }));
  const wanted = named.flatMap(({ size, ...range }) => (size === undefined ? [] : [{ ...range, size }]));
  const written = named.flatMap(({ addresses, ...range }) =>
    addresses === undefined ? [] : [writtenRange({ ...range, addresses })],
  );
  return variablesOf({
    // Of RFC 2544 and RFC 3849: larger than any scenario needs, and nobody's.
    ranges: [
      ...carve({
        subnets: { IPv4: '198.18.0.0/15', IPv6: '2001:db8::/64' },
        ranges: wanted,
        occupied: [],
        gateways: [],
      }),
      ...written,
    ],
    pools: pools.map(({ name }) => ({ name, rendered: name })),
    annotations: { addresses: 'example.com/addresses', pool: 'example.com/pool', share: 'example.com/share' },
    handledClass: 'example.com/handled',
    nodes: [
      { name: 'control-plane', role: 'control-plane' },
      { name: 'worker', role: 'worker' },
      { name: 'worker2', role: 'worker' },
    ],
    backendImage: 'registry.example/backend:1',
    runId: 'sample',
    namespace: 'sample',
  });
}
