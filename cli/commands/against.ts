import path from 'node:path';

import { monotonicMs } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { ensureOutputFolder } from '../../base/output.ts';
import { replaceImplementation } from '../../clusters/replacement.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';
import { ownBuildOf } from '../../clusters/implementations/own-build.ts';
import { findImplementation } from '../../clusters/implementations/registry.ts';
import { ownBuildText } from '../../reports/comparison/own-build.ts';
import { printable } from '../../reports/printable.ts';
import {
  implementationName,
  implementationTitle,
  versionAndMode,
} from '../../reports/record/implementation-name.ts';
import type { RunRecord } from '../../reports/record/record.ts';
import type { CommandContext } from '../context.ts';
import { makeCluster } from '../prepare.ts';
import { checkScenarios, makeRunId, timesOf, type RunFlags } from '../asked-run.ts';
import { leaveCluster, recordOn, tellRun } from './run.ts';
import { DEFAULT_NAME } from './up.ts';

/**
 * The scenarios on one cluster with a release, then with a checkout in its place, and what comes out otherwise. The
 * release comes first: it is what an upgrade begins with, and a cluster that is kept has the checkout.
 */
export async function runAgainst(
  flags: RunFlags & { against: string },
  context: CommandContext,
): Promise<number> {
  const own = await findImplementation(flags.implementation);
  const release = await releaseOf(flags.against, own);
  await checkScenarios(flags, flags.topology);
  const times = await timesOf(flags);
  await ensureOutputFolder(path.resolve(flags.reports));
  const id = makeRunId(new Date());
  const name = flags.name ?? `${DEFAULT_NAME}-${id}`;
  const prepared = await makeCluster({ ...flags, name, first: release }, context);
  let { cluster } = prepared;
  let exitCode: number | undefined;
  let isWhole = true;
  try {
    const runOn = async (implementation: Implementation, runId: string) => {
      context.progress.note(`the scenarios with ${implementationTitle(implementation.ref)}`);
      const asked = { ...flags, implementation: implementationName(implementation.ref) };
      const record = await recordOn({ ...prepared, cluster }, asked, {
        ...{ runId, times, context: { ...context, origin: monotonicMs() } },
        onRecord: (recorded) => tellRun(recorded, context),
      });
      context.signal.throwIfAborted();
      return record;
    };
    const before = await runOn(release, id);
    isWhole = false;
    const replaced = await replaceImplementation(cluster, own, context);
    isWhole = true;
    await cluster[Symbol.asyncDispose]();
    cluster = replaced;
    const after = await runOn(own, makeRunId(new Date()));
    exitCode = worse(before, after);
    context.print(ownBuildText(printable(before), printable(after)));
    return exitCode;
  } finally {
    await cluster[Symbol.asyncDispose]();
    // One that has neither is for nobody to keep.
    const keep = isWhole ? flags.keep : undefined;
    await leaveCluster({ ...prepared, cluster }, keep, { by: id, exitCode, context });
  }
}

/** @throws UsageError `DUALVIP_AGAINST_INVALID` */
async function releaseOf(against: string, own: Implementation): Promise<Implementation> {
  const { name, mode } = own.ref;
  if (!own.release) {
    const several = `${implementationName(own.ref)},${against}`;
    throw new UsageError(
      'DUALVIP_AGAINST_INVALID',
      `--against is for a checkout, and ${implementationTitle(own.ref)} is a release`,
      { hint: `Releases, side by side: dualvip matrix --implementation ${several}.` },
    );
  }
  const given = against.startsWith(`${name}@`) ? against.slice(name.length + 1) : against;
  if (ownBuildOf(against) || given.includes('@')) {
    throw new UsageError('DUALVIP_AGAINST_INVALID', `--against ${against}: a version of ${name} is needed`, {
      hint: `Write for instance --against ${own.release.ref.version}.`,
    });
  }
  const named = given.includes('/') ? given : versionAndMode({ version: given, mode });
  return findImplementation(`${name}@${named}`);
}

/** That the harness failed weighs more than that a verdict differs. */
function worse(before: RunRecord, after: RunRecord): number {
  return Math.max(before.exitCode, after.exitCode);
}
