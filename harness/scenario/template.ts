import { canonical } from '../../base/addresses.ts';
import { UsageError } from '../../base/errors.ts';
import type { CarvedRange } from './carve.ts';
import { unknownName } from './problem.ts';
import type { Range } from './schema.ts';

/** What `${name}` stands for, by name. */
export type Variables = Readonly<Record<string, string>>;

/** `${name}` as it was found in a text. */
export interface Placeholder {
  name: string;
  offset: number;
}

// `$${` is a literal `${`; the name ends at `}` or, where that is missing, at the end of the line.
const PLACEHOLDER = /\$?\$\{([^}\n]*)\}?/g;

export interface VariableOptions {
  ranges: readonly CarvedRange[];
  /** The pools' names as the scenario has them, and as they are in the cluster. */
  pools: readonly { name: string; rendered: string }[];
  /** The implementation's annotations. */
  annotations: Readonly<Record<string, string | undefined>>;
  /** The loadBalancerClass that the implementation serves. */
  handledClass?: string | undefined;
  /** The cluster's nodes. */
  nodes: readonly { name: string; role: 'control-plane' | 'worker' }[];
  backendImage: string;
  runId: string;
  namespace: string;
}

/** The variables of the ranges and pools, and those that every scenario has. */
export function variablesOf(options: VariableOptions): Variables {
  const variables: Record<string, string> = {
    'backend.image': options.backendImage,
    'run.id': options.runId,
    'run.namespace': options.namespace,
    // Which copy of a manifest it is; `apply` with `copies` counts them.
    index: '1',
  };
  for (const { name, rendered } of options.pools) variables[`pool.${name}`] = rendered;
  for (const [name, key] of Object.entries(options.annotations)) {
    if (key !== undefined) variables[`annotation.${name}`] = key;
  }
  if (options.handledClass !== undefined) variables['class.handled'] = options.handledClass;
  // Counted by name, each role by itself.
  for (const role of ['control-plane', 'worker'] as const) {
    const names = options.nodes.filter((node) => node.role === role).map(({ name }) => name);
    for (const [index, name] of names.toSorted().entries()) variables[`node.${role}-${index + 1}`] = name;
  }
  for (const { name, first, last, prefixLength } of options.ranges) {
    variables[`${name}.first`] = canonical(first);
    variables[`${name}.last`] = canonical(last);
    variables[`${name}.range`] = `${canonical(first)}-${canonical(last)}`;
    if (prefixLength !== undefined) variables[`${name}.cidr`] = `${canonical(first)}/${prefixLength}`;
  }
  return variables;
}

export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)]
    .filter(([match]) => !match.startsWith('$$'))
    .map((match) => ({ name: match[1] ?? '', offset: match.index }));
}

/** Why a placeholder cannot be replaced, for the author of the scenario; undefined when it can. */
export function placeholderProblem(
  name: string,
  variables: Variables,
  ranges: Readonly<Record<string, Range>>,
): string | undefined {
  if (Object.hasOwn(variables, name)) return undefined;
  const range = name.endsWith('.cidr') ? ranges[name.slice(0, -'.cidr'.length)] : undefined;
  if (range?.addresses !== undefined)
    return `no \${${name}}: addresses as \`first-last\` are no CIDR; use .range`;
  if (range) {
    return `no \${${name}}: a CIDR takes a size that is a power of two, not ${range.size}; use .range`;
  }
  return unknownName('variable', name, Object.keys(variables));
}

/**
 * Replaces each `${name}` of a text.
 * @throws UsageError `DUALVIP_TEMPLATE_UNKNOWN` for a name that is no variable. `loadScenario` reports those
 *   with their positions, so a scenario that was loaded does not get here.
 */
export function render(text: string, variables: Variables): string {
  return text.replaceAll(PLACEHOLDER, (match: string, name: string) => {
    if (match.startsWith('$$')) return match.slice(1);
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) {
      throw new UsageError(
        'DUALVIP_TEMPLATE_UNKNOWN',
        unknownName('variable', name, Object.keys(variables)),
        {
          hint: 'docs/scenarios.md lists the template variables.',
        },
      );
    }
    return value;
  });
}

/** The same for every string inside a value, such as a patch, the keys included. */
export function renderValue(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return render(value, variables);
  if (Array.isArray(value)) return value.map((item) => renderValue(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [render(key, variables), renderValue(item, variables)]),
  );
}
