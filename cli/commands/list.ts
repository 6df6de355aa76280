import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { nodeLoad } from '../../clusters/node-load.ts';
import { clusterFolder, readClusterState, type ClusterState } from '../../clusters/cluster-state.ts';
import { ownClusters, KIND_CLUSTER_LABEL } from '../../clusters/cluster-removal.ts';
import { SCENARIOS_FOLDER } from '../../harness/run/plan.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { implementationName } from '../../reports/record/implementation-name.ts';
import { readRunRecord, RECORD_FILE } from '../../reports/record-file.ts';
import type { CommandContext } from '../context.ts';
import { presentEngine } from '../prepare.ts';
import { table } from '../table.ts';

export interface ListFlags {
  json: boolean;
  scenarios?: string;
  reports: string;
}

export async function listScenarios(flags: ListFlags, { print }: CommandContext): Promise<number> {
  const scenarios = await loadScenarios(flags.scenarios ?? SCENARIOS_FOLDER);
  const rows = scenarios.map(({ id, claim, title, features, topologies }) => ({
    id,
    claim: claim ?? '',
    title,
    features,
    topologies,
  }));
  if (flags.json) print(JSON.stringify(rows, null, 2));
  else {
    print(
      table(
        ['CLAIM', 'SCENARIO', 'TOPOLOGIES', 'FEATURES', 'TITLE'],
        rows.map((row) => [row.claim, row.id, row.topologies.join(','), row.features.join(','), row.title]),
      ),
    );
  }
  return 0;
}

export async function listClusters(flags: ListFlags, { signal, print }: CommandContext): Promise<number> {
  const { docker } = await presentEngine(signal);
  const rows = await Promise.all(
    (await ownClusters(docker)).map(async (name) => {
      const state = await readClusterState(name);
      const nodes = await docker.lines(['ps', '--quiet', '--filter', `label=${KIND_CLUSTER_LABEL}=${name}`]);
      const { memoryBytes, processors } = await nodeLoad(docker, nodes);
      return {
        name,
        memoryBytes,
        processors,
        kept: keptText(state),
        phase: state?.phase ?? 'unknown',
        topology: state?.topology ?? '',
        implementation: state ? implementationName(state.implementation) : '',
        nodes: nodes.length,
        created: state?.createdAt ?? '',
        folder: clusterFolder(name),
      };
    }),
  );
  if (flags.json) print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) print('no cluster; dualvip up makes one');
  else {
    print(
      table(
        ['NAME', 'PHASE', 'TOPOLOGY', 'IMPLEMENTATION', 'NODES', 'AGE', 'MEMORY', 'CPU', 'KEPT'],
        rows.map((row) => [
          row.name,
          row.phase,
          row.topology,
          row.implementation,
          String(row.nodes),
          ageText(row.created),
          `${Math.round(row.memoryBytes / 1024 ** 2)} MiB`,
          row.processors.toFixed(2),
          row.kept,
        ]),
      ),
    );
  }
  return 0;
}

/** Why a cluster is still there. */
export function keptText(state: Pick<ClusterState, 'kept'> | undefined): string {
  const { kept } = state ?? {};
  if (!kept) return '';
  return kept.holds === undefined ? `by run ${kept.by}` : `stands at ${kept.holds}`;
}

/** `5 min`, `3 h`, `2 d`; nothing where it is not known. */
export function ageText(created: string, now = Date.now()): string {
  const minutes = Math.floor((now - Date.parse(created)) / 60_000);
  if (Number.isNaN(minutes)) return '';
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} d`;
}

export async function listRuns(flags: ListFlags, { print }: CommandContext): Promise<number> {
  const folder = path.resolve(flags.reports);
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name !== 'latest' && name !== 'history')
    .sort();
  const rows = await Promise.all(names.map((name) => describeRun(folder, name)));
  if (flags.json) print(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) print('no run; npm start makes one');
  else {
    print(
      table(
        ['RUN', 'EXIT', 'SCENARIOS', 'TOPOLOGY', 'IMPLEMENTATION'],
        rows.map((row) => [row.id, row.exitCode, String(row.scenarios), row.topology, row.implementation]),
      ),
    );
  }
  return 0;
}

async function describeRun(folder: string, id: string) {
  try {
    const file = path.join(folder, id, RECORD_FILE);
    const { exitCode, scenarios, cluster, implementation } = await readRunRecord(file);
    return {
      id,
      exitCode: String(exitCode),
      scenarios: scenarios.length,
      topology: cluster.topology,
      implementation: implementationName(implementation),
    };
  } catch {
    return { id, exitCode: 'no record', scenarios: 0, topology: '', implementation: '' };
  }
}
