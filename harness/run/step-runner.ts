import pMap from 'p-map';
import { z } from 'zod';

import { timeoutMs } from '../../base/timeouts.ts';
import { KubernetesApiError, isNotFound } from '../../clusters/kubernetes/api-error.ts';
import type { KubernetesObject, ObjectRef } from '../../clusters/kubernetes/objects.ts';
import { readAs, refOf } from '../../clusters/kubernetes/objects.ts';
import { rolloutComplete } from '../../clusters/kubernetes/rollout.ts';
import { waitFor, waitForAll } from '../../clusters/kubernetes/waiting.ts';
import type { Overrides } from '../judge/judge.ts';
import { lastStates } from '../judge/state.ts';
import { renderManifest } from '../scenario/manifest.ts';
import type { Scenario, Step, Target } from '../scenario/schema.ts';
import { renderValue, type Variables } from '../scenario/template.ts';
import { startController, stopController } from './controller-restart.ts';
import type { Evidence } from './evidence.ts';
import { runAnnouncedStep } from './announced-step.ts';
import { runDiagnoseStep } from './diagnose-step.ts';
import { runExpectStep } from './expect-step.ts';
import { LastChanges } from './last-changes.ts';
import { tellingOf } from './telling.ts';
import { runManyStep } from './many-step.ts';
import { runPrerequisitesStep } from './prerequisites-step.ts';
import { insideSource } from './inside-source.ts';
import { runProbeStep, type ProbeSource } from './probe-step.ts';
import type { Router } from './router.ts';
import { startScenarioRouter } from './router-step.ts';
import { runRoutesStep } from './routes-step.ts';
import type { ScenarioWayOut } from './scenario-way-out.ts';
import { runSpreadStep } from './spread-step.ts';
import type { Seat } from './restart-gate.ts';
import { ClientSettings } from './client-settings.ts';
import { Placement } from './placement.ts';
import { ScenarioFaults } from './scenario-faults.ts';
import type { ScenarioPools } from './scenario-pools.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';
import { startControlTarget, type ControlTarget } from './control-target.ts';
import { runOutageStep } from './outage-step.ts';
import { StreamsRun } from './streams.ts';
import { TrafficRun } from './traffic.ts';

export interface StepRunnerOptions {
  session: Session;
  scenario: Scenario;
  variables: Variables;
  pools: ScenarioPools;
  /** What is known to be instead of what a step expects, by step id. */
  overrides: Overrides;
  evidence: Evidence;
  stopwatch: Stopwatch;
  seat: Seat;
  /** The router that nodes speak BGP with; undefined where nothing is announced so. */
  wayOut: () => ScenarioWayOut | undefined;
  signal: AbortSignal;
}

/** Calls at once: hundreds make a small API server answer none in time. */
const CONCURRENCY = 8;

/** On top of the bound for cleaning up, for each object. */
const EACH_MS = 100;

const deploymentSchema = z.looseObject({
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }),
  }),
});

/** Does the steps of one scenario, one after another, and knows what they have made. */
export class StepRunner {
  readonly #options: StepRunnerOptions;
  readonly #made: ObjectRef[] = [];
  readonly #traffic: TrafficRun[] = [];
  readonly #streams: StreamsRun[] = [];
  #control: ControlTarget | undefined;
  readonly #changes: LastChanges;
  readonly #faults: ScenarioFaults;
  readonly #placement: Placement;
  readonly #client: ClientSettings;
  /** When the scenario began. */
  readonly #since: number;
  #router: Router | undefined;
  /** Whether a step has taken the implementation's controller away. */
  #isStopped = false;

  constructor(options: StepRunnerOptions) {
    this.#options = options;

    const { session, scenario, pools } = options;
    this.#faults = new ScenarioFaults({
      session,
      scenario: scenario.id,
      pools,
      onNodeStarted: async (signal) => options.wayOut()?.restoreWayBack(signal),
    });
    this.#placement = new Placement(session);
    this.#client = new ClientSettings(session);
    this.#changes = new LastChanges(session);
    this.#since = session.log.now();
  }

  async run(step: Step): Promise<void> {
    const { log } = this.#options.session;
    const at = log.now();
    try {
      await this.#answered(step, () => this.#do(step));
    } finally {
      log.add({ kind: 'step', at, id: step.id, step: step.kind, endedAt: log.now() });
    }
  }

  /** After the last step: what ran beside them comes to its end. */
  async end(): Promise<void> {
    await Promise.all([...this.#traffic.splice(0), ...this.#streams.splice(0)].map((one) => one.end()));
  }

  /** Heals what no step has healed. After the evidence, where there is some. */
  heal(): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs('faultHealed'));
    return this.#options.stopwatch.spend('settle', () => this.#faults.healAll(signal));
  }

  /** The shared backend is where it was, and the client as it was, for the next scenario. */
  async restore(): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs('backendReady'));
    await Promise.all([this.#placement.restore(signal), this.#client.restore(signal)]);
  }

  /** Notes whether the API took a step that it is expected to refuse. */
  async #answered(step: Step, work: () => Promise<void>): Promise<void> {
    if (step.rejected === undefined) return work();
    const { log } = this.#options.session;
    try {
      await work();
      log.add({ kind: 'answer', step: step.id, accepted: true, message: '' });
    } catch (error) {
      // Trouble with the API is no refusal.
      if (!(error instanceof KubernetesApiError) || error.transient) throw error;
      log.add({ kind: 'answer', step: step.id, accepted: false, message: error.message });
      if (step.kind === 'pools') this.#options.pools.forget(step.pools);
      if (step.kind === 'advertise') this.#options.pools.forgetAdvertisements(step.advertise);
    }
  }

  async #do(step: Step): Promise<void> {
    const { session, overrides, pools, seat, stopwatch, signal } = this.#options;
    const { client } = session.cluster;
    const context = { step: step.id, session, stopwatch, signal };
    const override = overrides[step.id];
    switch (step.kind) {
      case 'apply':
        for (const file of step.apply) await this.#apply(step.id, file, step.copies);
        return;
      case 'expect':
        return runExpectStep({
          ...context,
          log: session.log,
          telling: tellingOf(session.implementation),
          change: this.#changes.of(step.expect.service),
          expectations: [step.expect, ...(override?.expect ? [override.expect] : [])],
        });
      case 'probe':
        if (step.probe.from === undefined && this.#isUnclaimed(step.id, 'l2')) return;
        return runProbeStep({
          ...context,
          probe: step.probe,
          known: override?.probe,
          client: await this.#sourceOf(step),
        });
      case 'announced':
        if (this.#isUnclaimed(step.id, 'l2')) return;
        return runAnnouncedStep({
          ...context,
          announced: step.announced,
          known: override?.announced,
          since: this.#since,
        });
      case 'patch':
        if (step.patch.kind === 'Service') this.#changes.changing([step.patch.name]);
        await stopwatch.spend('api', () =>
          client.patch(this.#ref(step.patch), renderValue(step.patch.patch, this.#options.variables), {
            type: 'merge',
            signal,
          }),
        );
        this.#applied(step.id, [step.patch]);
        return;
      case 'delete':
        return stopwatch.spend('api', () => client.deleteAndWait([this.#ref(step.delete)], { signal }));
      case 'scale':
        return this.#scale(step.scale);
      case 'pools':
        this.#changes.changedForAll(
          await pools.change({
            pools: step.pools,
            name: `${step.id}.yaml`,
            heard: !this.#isStopped,
            signal,
          }),
        );
        return;
      case 'advertise':
        await pools.change({ advertise: step.advertise, name: `${step.id}.yaml`, signal });
        return;
      case 'restart': {
        const mark = session.pools.mark();
        return stopwatch.spend('implementation', async () => {
          await seat.restart();
          this.#changes.changedForAll(await pools.whenTakenAgain(mark, signal));
        });
      }
      case 'stop':
        this.#isStopped = true;
        return stopwatch.spend('implementation', () =>
          stopController(session.cluster, session.implementation, signal),
        );
      case 'start': {
        const mark = session.pools.mark();
        return stopwatch.spend('implementation', async () => {
          await startController(session.cluster, session.implementation, signal);
          this.#isStopped = false;
          this.#changes.changedForAll(await pools.whenTakenAgain(mark, signal));
        });
      }
      case 'many':
        return runManyStep({ ...context, many: step.many });
      case 'traffic':
        if (this.#isUnclaimed(step.id, 'l2')) return;
        this.#traffic.push(await TrafficRun.begin({ ...context, traffic: step.traffic }));
        return;
      case 'streams': {
        const { from } = step.streams;
        if (from === undefined && this.#isUnclaimed(step.id, 'l2')) return;
        const scenario = this.#options.scenario.id;
        const wayBack = this.#options.wayOut()?.wayBack;
        this.#control ??= await startControlTarget({ session, scenario, wayBack, signal });
        const begun = await StreamsRun.begin({
          ...context,
          streams: step.streams,
          client: from === 'client' ? this.#wayOut().wayOut.client : session.probe,
          control: this.#control,
        });
        if (begun) this.#streams.push(begun);
        return;
      }
      case 'outage': {
        if (this.#isUnclaimed(step.id, 'l2')) return;
        const streams = this.#streams.find((one) => one.step === step.outage.of);
        const heals = this.#heals(step);
        return runOutageStep({ ...context, outage: step.outage, known: override?.outage, streams, heals });
      }
      case 'diagnose':
        return runDiagnoseStep({
          ...context,
          service: step.diagnose.service,
          wanted: step.diagnose.families,
        });
      case 'prerequisites':
        return runPrerequisitesStep(context);
      case 'router':
        this.#router ??= await startScenarioRouter({
          session,
          scenario: this.#options.scenario.id,
          signal,
        });
        return this.#router.forward(step.router.forwards, signal);
      case 'client':
        if (this.#isUnclaimed(step.id, 'l2')) return;
        return this.#client.heed(step.client.gratuitous === 'heeded', signal);
      case 'routes':
        return this.#wayOut().whileFollowed(
          runRoutesStep({
            ...context,
            expectations: [step.routes, ...(override?.routes ? [override.routes] : [])],
          }),
        );
      case 'spread': {
        const { wayOut } = this.#wayOut();
        return runSpreadStep({ ...context, spread: step.spread, client: wayOut.client });
      }
      case 'sessions':
        return this.#wayOut().set(step.id, step.sessions, signal);
      case 'place':
        if (this.#isUnclaimed(step.id, 'l2')) return;
        return this.#placement.place(step.place, signal);
      case 'fault':
        if (this.#isUnclaimed(step.id, 'l2')) return;
        await this.#placement.follow(step.fault, signal);
        return this.#faults.inject(step.id, step.fault, signal);
      case 'heal':
        if (this.#isUnclaimed(step.id, 'l2')) return;
        return stopwatch.spend('settle', () => this.#faults.heal(step.id, step.heal, signal));
    }
  }

  /** Whether a family was away by intent before the step whose cost is looked at. */
  #heals({ id, outage }: Extract<Step, { kind: 'outage' }>): boolean {
    const { steps } = this.#options.scenario;
    const earlier = steps.slice(
      0,
      steps.findIndex((one) => one.id === id),
    );
    return earlier.some(
      (one) => one.kind === 'outage' && one.outage.of === outage.of && one.outage.away.length > 0,
    );
  }

  /** What a probe connects from. */
  async #sourceOf({ id, probe }: Extract<Step, { kind: 'probe' }>): Promise<ProbeSource> {
    const { session, signal } = this.#options;
    if (probe.from === undefined) return session.probe;
    if (probe.from === 'client') return this.#wayOut().wayOut.client;
    return insideSource({ step: id, probe, from: probe.from, session, signal });
  }

  #wayOut(): ScenarioWayOut {
    const wayOut = this.#options.wayOut();
    // The scenario was checked: it has one.
    if (!wayOut) throw new TypeError('a step behind the router, and there is none');
    return wayOut;
  }

  /** Notes that a step cannot be done with this implementation. */
  #isUnclaimed(step: string, feature: string): boolean {
    const { log, implementation, unreached } = this.#options.session;
    if (implementation.features.has(feature)) {
      // All that goes to the nodes' link needs somebody there.
      if (unreached === undefined) return false;
      log.add({ kind: 'unclaimed', step, feature, because: unreached });
      return true;
    }
    log.add({ kind: 'unclaimed', step, feature });
    return true;
  }

  async #apply(step: string, file: string, copies = 1): Promise<void> {
    const { session, scenario, evidence, stopwatch, signal } = this.#options;
    const text = scenario.manifests[file] ?? '';
    const objects = Array.from({ length: copies }, (_, index) => {
      const variables = { ...this.#options.variables, index: String(index + 1) };
      return renderManifest({ file, text, variables });
    })
      .flat()
      .map((object): KubernetesObject => ({
        ...object,
        metadata: { ...object.metadata, namespace: session.namespace },
      }));
    this.#made.push(...objects.map(refOf));
    this.#changes.changing(objects.filter(({ kind }) => kind === 'Service').map((one) => one.metadata.name));
    const evidenced = evidence.applied(file, objects);
    await stopwatch.spend('api', () => session.cluster.client.applyAll(objects, { signal }));
    this.#applied(step, objects);
    await evidenced;
  }

  #applied(
    step: string,
    objects: readonly Pick<ObjectRef, 'kind' | 'name'>[] | readonly KubernetesObject[],
  ): void {
    const refs = objects.map((object) => ('metadata' in object ? refOf(object) : object));
    const services = refs.filter(({ kind }) => kind === 'Service').map(({ name }) => name);
    if (services.length > 0) this.#options.session.log.add({ kind: 'applied', step, services });
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

  /** The bound of cleaning up, in milliseconds: with many objects, the API server sets the pace. */
  cleanUpMs(): number {
    return timeoutMs('cleanup') + this.#made.length * EACH_MS;
  }

  /**
   * Deletes what the steps have applied, and resolves when the log knows that the Services are gone. Router and
   * control go here and not in `end`, so that the evidence has the probe's routes.
   */
  async cleanUp(signal: AbortSignal): Promise<void> {
    const { stopwatch, session } = this.#options;
    const { log, cluster, implementation } = session;
    if (this.#options.scenario.steps.some(({ kind }) => kind === 'stop')) {
      await startController(cluster, implementation, AbortSignal.timeout(timeoutMs('implementationReady')));
    }
    await this.#router?.[Symbol.asyncDispose]();
    await this.#control?.[Symbol.asyncDispose]();
    const remove = async (ref: ObjectRef) => {
      try {
        await cluster.client.delete(ref, {
          propagationPolicy: 'Background',
          gracePeriodSeconds: 0,
          signal,
        });
      } catch (error) {
        // What is not there, a step has deleted.
        if (!isNotFound(error)) throw error;
      }
    };
    await stopwatch.spend('api', () => pMap(this.#made, remove, { concurrency: CONCURRENCY }));
    const services = this.#made.filter(({ kind }) => kind === 'Service').map(({ name }) => name);
    const gone = () => {
      const states = lastStates(log.all(), Infinity);
      return services.every((name) => states.get(name)?.deleted ?? true);
    };
    await log.until(gone, { withinMs: this.cleanUpMs(), signal });
  }
}
