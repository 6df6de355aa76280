import { z } from 'zod';

import { messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { canonical } from '../../base/addresses.ts';
import { isNotFound } from '../../clusters/kubernetes/api-error.ts';
import type { KubernetesObject, ObjectRef } from '../../clusters/kubernetes/objects.ts';
import { readAs, refOf } from '../../clusters/kubernetes/objects.ts';
import { rolloutComplete } from '../../clusters/kubernetes/rollout.ts';
import { waitFor, waitForAll } from '../../clusters/kubernetes/waiting.ts';
import { EXPECTED_VERDICTS, type ScenarioRecord, type Verdict } from '../../reports/record/record.ts';
import type { Deviation } from '../deviation/deviation.ts';
import { judge, type Judgement } from '../judge/judge.ts';
import type { PoolRanges } from '../judge/pools.ts';
import { serviceStateAt } from '../judge/state.ts';
import { renderManifest } from '../scenario/manifest.ts';
import type { Scenario, Step, Target } from '../scenario/schema.ts';
import { renderValue, variablesOf, type Variables } from '../scenario/template.ts';
import { Evidence } from './evidence.ts';
import { runExpectStep } from './expect-step.ts';
import { RUN_LABEL } from './left-over.ts';
import { runProbeStep } from './probe-step.ts';
import type { Session } from './session.ts';
import { Stopwatch } from './stopwatch.ts';

export interface ScenarioRunOptions {
  session: Session;
  scenario: Scenario;
  deviation: Deviation | undefined;
  attempt: number;
  signal: AbortSignal;
}

/**
 * Runs one scenario and judges it. Always gives a record: what goes wrong on our side is the verdict `error`.
 * Evidence is written before anything is cleaned up. @throws only the signal's reason, after cleaning up
 */
export async function runScenario(options: ScenarioRunOptions): Promise<ScenarioRecord> {
  const { session, scenario, signal } = options;
  const unclaimed = scenario.features.filter((feature) => !session.implementation.features.has(feature));
  const stopwatch = new Stopwatch();
  const startedAt = session.log.now();
  const run = new Run(options, stopwatch);
  if (unclaimed.length > 0) {
    const reason = `${session.implementation.ref.name} does not claim ${unclaimed.join(', ')}`;
    return run.record({ startedAt, judgement: same('unsupported'), reason });
  }
  let outcome: { judgement: Judgement; reason?: string };
  try {
    await run.setUp();
    for (const step of scenario.steps) await run.step(step);
    outcome = { judgement: run.judge(startedAt) };
  } catch (error) {
    outcome = { judgement: same('error'), reason: messageOf(error) };
  }
  try {
    if (!isGreen(outcome.judgement.verdict.pair)) await run.evidence.gather(session);
    await run.cleanUp();
  } catch (error) {
    // A cluster that cannot be cleaned up is no ground to judge the next scenario on.
    outcome = {
      judgement: { ...outcome.judgement, verdict: same('error').verdict },
      reason: `cleaning up: ${messageOf(error)}`,
    };
  }
  signal.throwIfAborted();
  return run.record({ startedAt, ...outcome });
}

export function isGreen(verdict: Verdict): boolean {
  return EXPECTED_VERDICTS.has(verdict);
}

function same(verdict: Verdict): Judgement {
  return { verdict: { pair: verdict, IPv4: verdict, IPv6: verdict }, checks: [], deviationChecks: [] };
}

const deploymentSchema = z.looseObject({
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }),
  }),
});

/** One run of one scenario: what it made, and where it stands. */
class Run {
  readonly #options: ScenarioRunOptions;
  readonly #stopwatch: Stopwatch;
  readonly #variables: Variables;
  readonly #pools: PoolRanges;
  readonly #made: ObjectRef[] = [];
  readonly #poolObjects: ObjectRef[] = [];
  readonly evidence: Evidence;

  constructor(options: ScenarioRunOptions, stopwatch: Stopwatch) {
    const { session, scenario } = options;
    this.#options = options;
    this.#stopwatch = stopwatch;
    this.evidence = new Evidence(session, scenario.id);
    const ranges = session.ranges.get(scenario.id) ?? [];
    this.#variables = variablesOf({
      ranges,
      backendImage: session.cluster.state.images.backend,
      runId: session.runId,
    });
    this.#pools = Object.fromEntries(
      scenario.pools.map((pool) => [pool.name, pool.ranges.map((name) => this.#range(name))]),
    );
  }

  /** `first-last` of a range of the scenario. */
  #range(name: string): string {
    const text = this.#variables[`${name}.range`];
    if (text === undefined) throw new Error(`range ${name} was not carved`);
    return text;
  }

  /** Makes the pools and advertisements and waits until the implementation knows them. */
  async setUp(): Promise<void> {
    const { session, scenario, signal } = this.#options;
    const pools = scenario.pools.map((pool) => ({ ...pool, ranges: this.#pools[pool.name] ?? [] }));
    if (pools.length === 0) return;
    const objects = session.implementation.renderPools(pools, scenario.advertise).map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { [RUN_LABEL]: session.runId } },
    }));
    const mark = session.pools.mark();
    const names = pools.map(({ name }) => name);
    this.#poolObjects.push(...objects.map(refOf));
    await this.evidence.applied('pools.yaml', objects);
    // Its own webhook is asked about each of its objects, so all of this is the implementation's time.
    await this.#stopwatch.spend('implementation', async () => {
      await session.cluster.client.applyAll(objects, { signal });
      await session.pools.whenTaken(names, mark, signal);
    });
  }

  async step(step: Step): Promise<void> {
    const { log } = this.#options.session;
    const at = log.now();
    try {
      await this.#do(step);
    } finally {
      log.add({ kind: 'step', at, id: step.id, step: step.kind, endedAt: log.now() });
    }
  }

  async #do(step: Step): Promise<void> {
    const { session, deviation, signal } = this.#options;
    const { client } = session.cluster;
    const override = deviation?.steps[step.id];
    switch (step.kind) {
      case 'apply':
        for (const file of step.apply) await this.#apply(file);
        return;
      case 'expect':
        return runExpectStep({
          step: step.id,
          expectations: [step.expect, ...(override?.expect ? [override.expect] : [])],
          pools: this.#pools,
          log: session.log,
          stopwatch: this.#stopwatch,
          signal,
        });
      case 'probe':
        return runProbeStep({
          step: step.id,
          probe: step.probe,
          known: override?.probe,
          session,
          stopwatch: this.#stopwatch,
          signal,
        });
      case 'patch':
        await client.patch(this.#ref(step.patch), renderValue(step.patch.patch, this.#variables), {
          type: 'merge',
          signal,
        });
        return;
      case 'delete':
        return client.deleteAndWait([this.#ref(step.delete)], { signal });
      case 'scale':
        return this.#scale(step.scale);
    }
  }

  async #apply(file: string): Promise<void> {
    const { session, scenario, signal } = this.#options;
    const text = scenario.manifests[file] ?? '';
    const objects = renderManifest({ file, text, variables: this.#variables }).map(
      (object): KubernetesObject => ({
        ...object,
        metadata: { ...object.metadata, namespace: session.namespace },
      }),
    );
    this.#made.push(...objects.map(refOf));
    await Promise.all([
      session.cluster.client.applyAll(objects, { signal }),
      this.evidence.applied(file, objects),
    ]);
  }

  async #scale({ deployment, replicas }: { deployment: string; replicas: number }): Promise<void> {
    const { session, signal } = this.#options;
    const ref = this.#ref({ kind: 'Deployment', name: deployment });
    await session.cluster.client.patch(ref, { spec: { replicas } }, { type: 'merge', signal });
    const what = `${deployment} to have ${replicas} pods`;
    const bounds = { what, timeoutMs: timeoutMs('backendReady'), signal };
    await waitFor(session.cluster.client, { ...bounds, ref, until: rolloutComplete });
    // A Deployment counts no pod that is terminating, and such a pod still answers.
    await waitForAll(session.cluster.client, {
      ...bounds,
      resource: { apiVersion: 'v1', kind: 'Pod' },
      namespace: session.namespace,
      labelSelector: await this.#selectorOf(ref),
      until: (pods) => pods.length === replicas || `there are ${pods.length}`,
    });
  }

  async #selectorOf(ref: ObjectRef): Promise<string> {
    const { session, signal } = this.#options;
    const object = await session.cluster.client.get(ref, { signal });
    const { matchLabels } = readAs(deploymentSchema, object).spec.selector;
    return Object.entries(matchLabels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
  }

  #ref({ kind, name, apiVersion }: Target): ObjectRef {
    const { namespace } = this.#options.session;
    return { apiVersion: apiVersion ?? (kind === 'Deployment' ? 'apps/v1' : 'v1'), kind, name, namespace };
  }

  judge(startedAt: number): Judgement {
    const { scenario, deviation, session } = this.#options;
    return judge({
      steps: scenario.steps,
      observations: session.log.from(startedAt),
      pools: this.#pools,
      overrides: deviation?.steps,
    });
  }

  /**
   * Services first, then the pools, and the implementation's word that it has forgotten those: the next
   * scenario's pools often have the same names. Runs after an abort, too.
   */
  async cleanUp(): Promise<void> {
    const { session } = this.#options;
    const signal = AbortSignal.timeout(timeoutMs('cleanup'));
    await this.#delete(this.#made, signal);
    const services = this.#made.filter(({ kind }) => kind === 'Service').map(({ name }) => name);
    const gone = () =>
      services.every((name) => serviceStateAt(session.log.all(), name, Infinity).service === undefined);
    await session.log.until(gone, { withinMs: timeoutMs('cleanup'), signal });
    if (this.#poolObjects.length === 0) return;
    const mark = session.pools.mark();
    await this.#stopwatch.spend('implementation', async () => {
      await this.#delete(this.#poolObjects, signal);
      await session.pools.whenTaken(Object.keys(this.#pools), mark, signal);
    });
  }

  /** What is not there, a step has deleted. */
  async #delete(refs: readonly ObjectRef[], signal: AbortSignal): Promise<void> {
    const { client } = this.#options.session.cluster;
    await Promise.all(
      refs.map(async (ref) => {
        try {
          await client.delete(ref, { propagationPolicy: 'Background', gracePeriodSeconds: 0, signal });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
    );
  }

  record(outcome: { startedAt: number; judgement: Judgement; reason?: string }): ScenarioRecord {
    const { session, scenario, deviation, attempt } = this.#options;
    const { judgement, startedAt, reason } = outcome;
    return {
      id: scenario.id,
      title: scenario.title,
      ...(scenario.claim ? { claim: scenario.claim } : {}),
      ...(scenario.issue ? { issue: scenario.issue } : {}),
      features: scenario.features,
      ...judgement,
      ...(deviation
        ? {
            deviation: {
              summary: deviation.summary,
              versions: deviation.versions,
              upstream: deviation.upstream,
            },
          }
        : {}),
      ...(reason === undefined ? {} : { reason }),
      attempt,
      startedAt,
      timing: this.#stopwatch.timing(),
      ranges: Object.fromEntries(
        (session.ranges.get(scenario.id) ?? []).map(({ name, first, last }) => [
          name,
          `${canonical(first)}-${canonical(last)}`,
        ]),
      ),
      observations: session.log.from(startedAt),
      evidence: this.evidence.files,
    };
  }
}
