import { implementationTitle, versionAndMode } from '../record/implementation-name.ts';
import type { MatrixColumn } from './matrix-record.ts';

type Place = Pick<MatrixColumn, 'implementation' | 'topology'>;

/** Columns in words, versions and topologies put together: `metallb 0.14.9, 0.15.2 on dual, ipv6`. */
export function placesOf(columns: readonly Place[]): string {
  const versions = Map.groupBy(columns, ({ implementation }) => implementationTitle(implementation));
  const runs = [...versions.values()].flatMap((group) => {
    const [first] = group;
    const topologies = [...new Set(group.map(({ topology }) => topology))].join(', ');
    return first ? [{ ...first.implementation, topologies }] : [];
  });
  const places = Map.groupBy(runs, ({ name, topologies }) => `${name} ${topologies}`);
  return [...places.values()]
    .flatMap((group) => {
      const [first] = group;
      const together = group.map(versionAndMode).join(', ');
      return first ? [`${first.name} ${together} on ${first.topologies}`] : [];
    })
    .join('; ');
}
