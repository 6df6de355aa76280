import type { Topology } from '../../clusters/topology.ts';
import type { Case, List, Operation, Policy, Shape } from './case.ts';

/**
 * The model's rules once more, for its tests: as tables, each row copied out of a document by hand, so that a slip
 * in the functions and one in the rows would have to be the same one. `46` is both families with IPv4 first, `-` is
 * Pending; `S4` is a Service that is stored with SingleStack and [IPv4].
 */

/**
 * What the API stores, or `!` and the refusal.
 * https://kubernetes.io/docs/concepts/services-networking/dual-stack/#dual-stack-service-configuration-scenarios
 */
const CREATED = parse<Topology>(
  ['dual', 'dual-v6-primary', 'ipv4', 'ipv6'],
  `
  unset           unset | S4   | S6   | S4   | S6
  unset           v4    | S4   | S4   | S4   | !listed
  unset           v6    | S6   | S6   | !listed | S6
  unset           v4-v6 | !two | !two | !two | !two
  unset           v6-v4 | !two | !two | !two | !two
  SingleStack     unset | S4   | S6   | S4   | S6
  SingleStack     v4    | S4   | S4   | S4   | !listed
  SingleStack     v6    | S6   | S6   | !listed | S6
  SingleStack     v4-v6 | !two | !two | !two | !two
  SingleStack     v6-v4 | !two | !two | !two | !two
  PreferDualStack unset | P46  | P64  | P4   | P6
  PreferDualStack v4    | P46  | P46  | P4   | !listed
  PreferDualStack v6    | P64  | P64  | !listed | P6
  PreferDualStack v4-v6 | P46  | P46  | !listed | !listed
  PreferDualStack v6-v4 | P64  | P64  | !listed | !listed
  RequireDualStack unset | R46 | R64  | !dual | !dual
  RequireDualStack v4    | R46 | R46  | !dual | !dual
  RequireDualStack v6    | R64 | R64  | !dual | !dual
  RequireDualStack v4-v6 | R46 | R46  | !dual | !dual
  RequireDualStack v6-v4 | R64 | R64  | !dual | !dual
`,
);

/** The operations that change the Service itself. */
export const CHANGES = [
  'to-single',
  'to-prefer',
  'to-require',
  'add-family',
  'add-family-only',
  'drop-family',
  'drop-family-only',
  'swap-primary',
] as const satisfies Operation[];

/**
 * What the API makes of a change: of S4 where the cluster has both families, and so on.
 * https://kubernetes.io/docs/concepts/services-networking/dual-stack/#switching-services-between-single-stack-and-dual-stack
 */
const CHANGED = parse<(typeof CHANGES)[number]>(
  CHANGES,
  `
  both S4  | S4 | P46 | R46 | P46 | !two | S4 | S4 | !primary
  both S6  | S6 | P64 | R64 | P64 | !two | S6 | S6 | !primary
  both P46 | S4 | P46 | R46 | P46 | P46  | S4 | !second | !primary
  both P64 | S6 | P64 | R64 | P64 | P64  | S6 | !second | !primary
  both R46 | S4 | P46 | R46 | P46 | R46  | S4 | !second | !primary
  both R64 | S6 | P64 | R64 | P64 | R64  | S6 | !second | !primary
  one  S4  | S4 | P4  | !dual | !listed | !two | S4 | S4 | !primary
  one  S6  | S6 | P6  | !dual | !listed | !two | S6 | S6 | !primary
  one  P4  | S4 | P4  | !dual | !listed | !listed | S4 | P4 | !primary
  one  P6  | S6 | P6  | !dual | !listed | !listed | S6 | P6 | !primary
`,
);

/**
 * The guide's claims C1 to C5, by the families of which an address is free. The addresses are listed in the order of
 * ipFamilies (C9).
 */
const ASSIGNED = parse<string>(
  ['both', 'IPv4', 'IPv6', 'neither'],
  `
  S 4  | 4  | 4 | - | -
  S 6  | 6  | - | 6 | -
  P 4  | 4  | 4 | - | -
  P 6  | 6  | - | 6 | -
  P 46 | 46 | 4 | 6 | -
  P 64 | 64 | 4 | 6 | -
  R 46 | 46 | - | - | -
  R 64 | 64 | - | - | -
`,
);

/** The families of which an address is free: at first, after a pool was added, and after one was taken away. */
const FREE = parse<string>(
  ['create', 'add-pool', 'remove-pool'],
  `
  shape one-dual  | both    | both | neither
  shape separate  | both    | both | IPv4
  shape ipv4-only | IPv4    | both | neither
  shape ipv6-only | IPv6    | both | neither
  shape none      | neither | both | neither
  shape ipv4-full | IPv6    | both | IPv6
  shape ipv6-full | IPv4    | both | IPv4
  shape two-dual  | both    | both | both
`,
);

const REFUSED: Readonly<Record<string, string>> = {
  '!two': 'two-families-single-stack',
  '!dual': 'cluster-not-dual-stack',
  '!listed': 'family-not-in-cluster',
  '!primary': 'primary-is-fixed',
  '!second': 'second-is-kept',
};

/** The phases of a case, by looking it up. */
export function expectedByTable({ topology, policy, families, shape, operation }: Case): string[] {
  const created = storedByTable(policy, families, topology);
  if (created.startsWith('!')) return [REFUSED[created] ?? created];
  const before = `${created} ${assigned(created, FREE.get(`shape ${shape}`, 'create'))}`;
  if (operation === 'create') return [before];
  const change = CHANGES.find((one) => one === operation);
  const changed = change ? changedByTable(created, change, topology) : created;
  if (changed.startsWith('!')) return [before, `${REFUSED[changed]} ${before}`];
  return [before, `${changed} ${assigned(changed, freeAfter(shape, operation))}`];
}

/** As the API stores a new Service: `P46`, or why it refuses. */
export function storedByTable(policy: Policy, families: List, topology: Topology): string {
  // What the API stores does not depend on kube-proxy.
  return CREATED.get(`${policy} ${families}`, topology === 'dual-iptables' ? 'dual' : topology);
}

/** The same after a change. */
export function changedByTable(stored: string, change: (typeof CHANGES)[number], topology: Topology): string {
  return CHANGED.get(`${topology.startsWith('dual') ? 'both' : 'one'} ${stored}`, change);
}

function assigned(stored: string, free: string): string {
  return ASSIGNED.get(`${stored[0]} ${stored.slice(1)}`, free);
}

function freeAfter(shape: Shape, operation: Operation): string {
  return FREE.get(
    `shape ${shape}`,
    operation === 'add-pool' || operation === 'remove-pool' ? operation : 'create',
  );
}

/** Rows of `two words | cell | cell …`. */
function parse<Column extends string>(columns: readonly Column[], text: string) {
  const cells = new Map<string, string>();
  for (const line of text.trim().split('\n')) {
    const [head = '', ...row] = line.split('|').map((cell) => cell.trim());
    for (const [index, column] of columns.entries()) {
      cells.set(`${head.replaceAll(/\s+/g, ' ')} ${column}`, row[index] ?? '');
    }
  }
  return {
    get(row: string, column: Column): string {
      const cell = cells.get(`${row} ${column}`);
      if (!cell) throw new Error(`no cell ${row}, ${column}`);
      return cell;
    },
  };
}
