import type { RunRecord } from './record.ts';

/**
 * Of a build of the user's own, what it was built of, in words; nothing of a release: `built from commit 1a2b3c4
 * (v0.16.1-3-g1a2b3c4) with changes, taken for 0.16.1`.
 */
export function builtOf({ build }: RunRecord['implementation']): string[] {
  if (!build) return [];
  const { commit, describe, dirty, tree, release } = build;
  const nearest = describe === undefined ? '' : ` (${describe})`;
  const changes = dirty === true ? ' with changes' : '';
  const sources =
    commit === undefined
      ? `sources ${tree.slice(0, 12)}`
      : `commit ${commit.slice(0, 7)}${nearest}${changes}`;
  return [`built from ${sources}, taken for ${release.version}`];
}
