import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { converge } from '../../base/converge.ts';
import { diskFullError, isDiskFull } from '../../base/disk-full.ts';
import { exclusively } from '../../base/exclusive.ts';
import { EXIT, HarnessError, messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { together } from '../../base/together.ts';
import type { Progress } from '../../base/progress.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import { clusterFolder } from '../../clusters/cluster-state.ts';
import { LABEL } from '../../clusters/docker.ts';
import { provideRouterImage } from '../../clusters/images/router-image.ts';
import type { Engine } from '../../clusters/engine/engine.ts';
import { findImplementation } from '../../clusters/implementations/registry.ts';
import { implementationName } from '../../reports/record/implementation-name.ts';
import type { RunRecord, ScenarioRecord } from '../../reports/record/record.ts';
import { loadDeviations } from '../deviation/deviation.ts';
import { startContainer } from '../probe/container.ts';
import { usesBgp } from '../scenario/cross-check.ts';
import { scenarioName } from '../scenario/name.ts';
import type { Scenario } from '../scenario/schema.ts';
import { startBackend } from './backend.ts';
import { startController } from './controller-restart.ts';
import { ONCE, type Handover, type Repeat } from './handover.ts';
import { holdNext, type Hold } from './hold.ts';
import { healLeftFaults } from './left-faults.ts';
import { removeLeftOver } from './left-over.ts';
import type { Nudges } from './nudges.ts';
import { carveAll, planScenarios, SCENARIOS_FOLDER, type PlacedRanges } from './plan.ts';
import { Reserve } from './reserve.ts';
import { assemble, readRecords } from './run-record.ts';
import { forgetScenarioRecords, readScenarioRecord } from './scenario-record.ts';
import { nothingMatched, partOf } from './selection.ts';
import type { ScenarioTimes } from './shards.ts';
import { unclaimedBy } from './unclaimed.ts';
import { runVitest, type LaneOptions, type VitestOptions } from './vitest-run.ts';

export interface RunOptions extends VitestOptions, LaneOptions {
  cluster: Cluster;
  /** Undefined where none is needed: in a cluster that is somebody's own, and without a probe. */
  engine: Engine | undefined;
  /** The folder that gets a folder for the run: reports/runs. */
  runsFolder: string;
  runId: string;
  /** When the user's command began, on `monotonicMs()`. */
  origin: number;
  /** As typed, for the record. */
  command: readonly string[];
  harnessVersion: string;
  scenariosFolder?: string | undefined;
  /** Default: all that make sense on the cluster's topology. */
  select?: ((scenario: Scenario) => boolean) | undefined;
  /** Default: light. */
  nudges?: Nudges | undefined;
  /** Default: captures are kept of scenarios that are not as known. */
  capture?: boolean | undefined;
  /** Default: a scenario that needs what the implementation does not claim is `unsupported`, and not run. */
  unclaimed?: boolean | undefined;
  /** How long scenarios took, by which a shard is cut; default: all take the same. */
  times?: ScenarioTimes | undefined;
  /** Default: once. */
  repeat?: Repeat | undefined;
  /** The one case that runs is left standing, with everything that the run has made. */
  hold?: Hold | undefined;
  placed?: PlacedRanges | undefined;
  progress: Progress;
  /** Told what is known of the run before its first scenario, as of one that did not come to its end. */
  onBegin?: ((record: RunRecord) => Promise<void>) | undefined;
  onScenario: (record: ScenarioRecord) => void;
  signal: AbortSignal;
}

/** Of a record that nothing has taken the place of. */
const UNFINISHED = 'the run did not come to its end';

/** The namespace of a run's Services and shared backend. */
export function namespaceOf(runId: string): string {
  return `dualvip-${runId}`;
}

/**
 * Runs the scenarios of a cluster's topology and gives the record of it. What the run made in the cluster and
 * in the engine is gone afterwards; the cluster stays. An interrupted run has a record, too.
 */
export async function run(options: RunOptions): Promise<RunRecord> {
  const { cluster, progress } = options;
  return exclusively(
    {
      folder: clusterFolder(cluster.state.name),
      onWait: () => progress.note(`another run uses cluster ${cluster.state.name}: waiting for it`),
      signal: options.signal,
    },
    (signal) => runAlone({ ...options, signal }),
  );
}

async function runAlone(options: RunOptions): Promise<RunRecord> {
  const { cluster, engine, runsFolder, runId, origin, progress, signal } = options;
  const { state, client } = cluster;
  const scenariosFolder = options.scenariosFolder ?? SCENARIOS_FOLDER;
  const planned = await planScenarios(scenariosFolder, state.topology);
  const selected = planned.filter(options.select ?? (() => true));
  const scenarios =
    options.shard === undefined ? selected : partOf(selected, { ...options, shard: options.shard });
  // Whatever is wrong with the data is told before anything is made.
  await loadDeviations(state.implementation.name, scenarios);
  const placed = options.placed ?? {};
  carveAll(scenarios, cluster.network, placed);
  const folder = path.join(runsFolder, runId);
  await mkdir(folder, { recursive: true });
  const namespace = namespaceOf(runId);
  const probe = {
    image: state.images.probe,
    name: `${state.name}-probe-${runId}`,
    labels: { [LABEL.cluster]: state.name, [LABEL.run]: runId },
  };
  Object.assign(process.env, engineVariables(engine));
  const named = implementationName(state.implementation);
  const implementation = await findImplementation(named);
  await using made = new AsyncDisposableStack();
  made.defer(forgetScenarioRecords);
  await made.use(new Reserve(folder)).take();
  made.defer(() => removeNamespace(cluster, namespace));
  // A scenario that was interrupted has not cleaned up: its worker is ended with it.
  // Lanes have namespaces, and a pool, that are no scenario's own.
  const isLeft = () => signal.aborted || isCutShort || scenarios.some(({ shared }) => shared);
  let isCutShort = false;
  let isBroken = false;
  made.defer(async () => {
    if (!isLeft()) return;
    await removeLeftOver(cluster, implementation).catch((error: unknown) => {
      // A cluster that is gone is a verdict already, and its record is to be had.
      if (!isBroken) throw error;
      progress.note(`nothing could be cleaned up in cluster ${state.name}: ${messageOf(error)}`);
    });
  });
  // Before all that, whatever has become of the scenarios. One that does not heal was one's verdict already, and
  // the next run tries again.
  made.defer(() =>
    healLeftFaults(cluster, implementation, { progress, interrupted: signal.aborted }).catch(
      (error: unknown) => progress.note(messageOf(error)),
    ),
  );
  await healLeftFaults(cluster, implementation, { progress });
  await startController(cluster, implementation, signal);
  // What a run that was killed has left; this run's namespace may have been made while the cluster came up.
  await removeLeftOver(cluster, implementation, { signal, keepNamespace: namespace });
  const routed = scenarios.filter(
    (scenario) =>
      usesBgp(scenario) &&
      (options.unclaimed || unclaimedBy({ implementation }, scenario).length === 0) &&
      new RegExp(options.testNamePattern ?? '').test(scenarioName(scenario)),
  );
  const routerImage =
    routed.length > 0
      ? await provideRouterImage({ docker: cluster.docker, origin: state.images.origin, progress, signal })
      : undefined;
  const [container] = await progress.step('backend and probe', () =>
    // Where one fails, the other is waited for: a container that comes up later would be nobody's.
    together(signal, (stop) => [
      startContainer({ ...probe, network: state.network.name }).then((one) => {
        made.defer(() => removeProbe(one, { name: probe.name, cluster: state.name, progress }));
        return one;
      }),
      startBackend({ client, namespace, image: state.images.backend, runId, signal: stop }),
      // Whoever kills the run from now on finds what it was, and the records of its scenarios beside it.
      assemble(options, [], scenarios.length).then((record) =>
        options.onBegin?.({ ...record, interrupted: UNFINISHED, exitCode: EXIT.harness }),
      ),
    ]),
  );
  const handover: Handover = {
    runId,
    origin,
    folder,
    scenariosFolder,
    scenarios: scenarios.map(({ id }) => id),
    namespace,
    cluster: state.name,
    implementation: named,
    nudges: options.nudges ?? 'light',
    capture: options.capture ?? false,
    unclaimed: options.unclaimed ?? false,
    repeat: options.repeat ?? ONCE,
    placed,
    probe: { id: container.id, name: probe.name },
    routerImage,
    environment: engineVariables(engine),
  };
  holdNext(options.hold);
  isCutShort = true;
  const errors = await runVitest({
    ...options,
    // Done above: Vitest's own parts are of files, whatever those take.
    shard: undefined,
    scenarios,
    handover,
    async onScenario(id) {
      const record = await readScenarioRecord(folder, id);
      if (record) options.onScenario(record);
    },
  });
  const records = await readRecords(folder, scenarios);
  isBroken = records.some(({ verdict }) => verdict.pair === 'error');
  if (errors.some(isDiskFull)) throw diskFullError(runsFolder, errors.join('\n'));
  if (errors.length > 0)
    throw new HarnessError(
      'DUALVIP_RUN_FAILED',
      `the run failed outside of any scenario: ${errors.join('\n')}`,
    );
  if (records.length === 0 && !signal.aborted) throw nothingMatched(options);
  isCutShort = false;
  await new Reserve(folder).give();
  // Out of the stack that would take it all back.
  if (options.hold && !signal.aborted) made.move();
  return assemble(options, records, scenarios.length);
}

/**
 * An engine that was restarted is waited for. One that does not come back is a verdict already, and the record is to
 * be had.
 */
async function removeProbe(
  container: AsyncDisposable,
  { name, cluster, progress }: { name: string; cluster: string; progress: Progress },
): Promise<void> {
  try {
    await converge({
      what: 'the engine to remove the probe',
      observe: async () => {
        await container[Symbol.asyncDispose]();
        return true;
      },
      until: Boolean,
      timeoutMs: timeoutMs('cleanup'),
      intervalMs: 500,
    });
  } catch (error) {
    progress.note(
      `the probe ${name} was left, and the next run or \`dualvip down ${cluster}\` removes it: ${messageOf(error)}`,
    );
  }
}

async function removeNamespace({ client }: Cluster, name: string): Promise<void> {
  try {
    // Not waited for: nothing of the next run is in the same namespace.
    await client.delete({ apiVersion: 'v1', kind: 'Namespace', name }, { propagationPolicy: 'Background' });
  } catch {
    // The cluster may be gone; then so is the namespace.
  }
}

/** By which whoever runs in another thread finds the same engine. */
export function engineVariables(engine: Engine | undefined): Record<string, string> {
  const names = ['DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'DOCKER_CONTEXT'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = engine?.environment[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
