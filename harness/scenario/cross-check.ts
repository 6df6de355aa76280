import type { Family } from '../../base/addresses.ts';
import { unknownName, type Path } from './problem.ts';
import type { Advertisement, Pool, Range, Step } from './schema.ts';

/** The parts of a scenario that are valid by themselves; one that is not is undefined, and not checked again. */
export interface Parts {
  ranges: Readonly<Record<string, Range>> | undefined;
  pools: readonly Pool[] | undefined;
  advertise: readonly Advertisement[] | undefined;
  steps: readonly (Step | undefined)[];
}

export type Report = (at: Path, message: string) => void;

/** Checks that the names of ranges, pools and advertisements fit together. */
export function checkPools(parts: Parts, report: Report): void {
  const { ranges, pools, advertise } = parts;
  reportDuplicates(pools, (index) => ['pools', index, 'name'], report);
  reportDuplicates(advertise, (index) => ['advertise', index, 'name'], report);
  for (const [i, pool] of (pools ?? []).entries()) {
    for (const [j, name] of pool.ranges.entries()) {
      if (!ranges || Object.hasOwn(ranges, name)) continue;
      report(['pools', i, 'ranges', j], unknownName('range', name, Object.keys(ranges)));
    }
  }
  if (!pools) return;
  const names = pools.map(({ name }) => name);
  for (const [i, advertisement] of (advertise ?? []).entries()) {
    for (const [j, name] of advertisement.pools.entries()) {
      if (!names.includes(name)) report(['advertise', i, 'pools', j], unknownName('pool', name, names));
    }
  }
}

/** A range that nothing uses is a slip of a name, most likely. */
export function checkRangesUsed(parts: Parts, inTemplates: ReadonlySet<string>, report: Report): void {
  if (!parts.pools) return;
  const inPools = parts.pools.flatMap(({ ranges }) => ranges);
  for (const name of Object.keys(parts.ranges ?? {})) {
    if (inPools.includes(name) || inTemplates.has(name)) continue;
    report(['ranges', name], 'no pool and no template uses this range');
  }
}

/** Checks the steps' ids, and that the addresses they expect can come from the pools that they name. */
export function checkSteps(parts: Parts, report: Report): void {
  const { steps } = parts;
  for (const [i, step] of steps.entries()) {
    if (step && steps.findIndex((other) => other?.id === step.id) < i) {
      report(['steps', i, 'id'], `"${step.id}" is the id of an earlier step too`);
    }
    if (step?.kind !== 'expect') continue;
    for (const [j, { family, pool }] of (step.expect.addresses ?? []).entries()) {
      const at = ['steps', i, 'expect', 'addresses', j, 'pool'];
      if (pool !== undefined) checkPoolOf({ parts, at, family, pool, report });
    }
  }
  const complete = steps.length > 0 && steps.every((step) => step !== undefined);
  if (complete && !steps.some((step) => step.kind === 'expect' || step.kind === 'probe')) {
    report(['steps'], 'nothing is tested: no step is an expect or a probe');
  }
}

function checkPoolOf(check: { parts: Parts; at: Path; family: Family; pool: string; report: Report }): void {
  const { parts, at, family, report } = check;
  if (!parts.pools) return;
  const pool = parts.pools.find(({ name }) => name === check.pool);
  if (!pool) {
    const names = parts.pools.map(({ name }) => name);
    report(at, unknownName('pool', check.pool, names));
    return;
  }
  const families = pool.ranges.map((name) => parts.ranges?.[name]?.family);
  if (!families.includes(undefined) && !families.includes(family)) {
    report(at, `the pool "${pool.name}" has no ${family} range`);
  }
}

function reportDuplicates(
  items: readonly { name: string }[] | undefined,
  at: (index: number) => Path,
  report: Report,
): void {
  for (const [index, { name }] of (items ?? []).entries()) {
    if (items?.findIndex((item) => item.name === name) !== index)
      report(at(index), `"${name}" is there twice`);
  }
}
