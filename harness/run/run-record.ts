import os from 'node:os';

import { monotonicMs } from '../../base/clock.ts';
import { EXIT, messageOf } from '../../base/errors.ts';
import { timeoutOverrides } from '../../base/timeouts.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import { moduleSums } from '../../clusters/images/source/module-sums.ts';
import { findImplementation } from '../../clusters/implementations/registry.ts';
import { measuredAlone } from '../../reports/record/alone.ts';
import { assignmentSummary } from '../../reports/record/assignment.ts';
import { implementationName } from '../../reports/record/implementation-name.ts';
import { RECORD_VERSION, type RunRecord, type ScenarioRecord } from '../../reports/record/record.ts';
import type { Scenario } from '../scenario/schema.ts';
import { exitCodeOf } from './exit-code.ts';
import type { RunOptions } from './run.ts';
import { readScenarioRecord } from './scenario-record.ts';

/** Of the scenarios that have one. */
export async function readRecords(folder: string, scenarios: readonly Scenario[]): Promise<ScenarioRecord[]> {
  const records = await Promise.all(scenarios.map(({ id }) => readScenarioRecord(folder, id)));
  return records.filter((record) => record !== undefined);
}

/** The record of a run whose scenarios have theirs. */
export async function assemble(
  options: RunOptions,
  scenarios: readonly ScenarioRecord[],
  planned: number,
): Promise<RunRecord> {
  const { cluster, engine, runId, origin, command, harnessVersion, signal } = options;
  const { state, network, nodes } = cluster;
  const durationMs = monotonicMs() - origin;
  const images = cluster.existing ? NOT_OURS : await imagesOf(cluster);
  const interrupted = signal.aborted
    ? `${messageOf(signal.reason)}, after ${scenarios.length} of ${planned} scenarios`
    : undefined;
  return {
    version: RECORD_VERSION,
    id: runId,
    // Of the moment that all times count from, so that what other clocks have stamped can be put among them.
    startedAt: new Date(Date.now() - durationMs).toISOString(),
    durationMs,
    command: [...command],
    harness: { version: harnessVersion, node: process.version },
    machine: {
      platform: `${process.platform}/${process.arch}`,
      cpus: os.cpus().length,
      memoryBytes: os.totalmem(),
    },
    engine: { version: engine?.version ?? 'none', cgroupVersion: engine?.cgroupVersion ?? 0 },
    cluster: {
      name: state.name,
      topology: state.topology,
      kubernetes: state.images.kubernetesVersion,
      images,
      subnets: network.subnets,
      nodes: nodes.map(({ name, role, mac, addresses }) => ({ name, role, mac, addresses })),
    },
    settings: { nudges: options.nudges ?? 'light', timeouts: timeoutOverrides() },
    implementation: state.implementation,
    scenarios: [...scenarios],
    assignment: assignmentSummary(measuredAlone(scenarios).map(({ observations }) => observations)),
    ...(interrupted === undefined ? {} : { interrupted }),
    exitCode: interrupted === undefined ? exitCodeOf(scenarios) : EXIT.harness,
    rssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** Of a cluster that is somebody's own. */
const NOT_OURS: RunRecord['cluster']['images'] = { origin: 'existing', node: '', nodeId: '', probe: '' };

async function imagesOf({ state, docker }: Cluster): Promise<RunRecord['cluster']['images']> {
  const { origin, node, probe } = state.images;
  const nodeId = await docker.run(['image', 'inspect', '--format', '{{.Id}}', node]).catch(messageOf);
  const modules =
    origin === 'source'
      ? await moduleSums(await findImplementation(implementationName(state.implementation)))
      : undefined;
  return { origin, node, nodeId, probe, ...(modules ? { modules } : {}) };
}
