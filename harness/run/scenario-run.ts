import { messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { canonical } from '../../base/addresses.ts';
import {
  EXPECTED_VERDICTS,
  type CountersObservation,
  type ScenarioRecord,
  type ServiceObservation,
  type Verdict,
} from '../../reports/record/record.ts';
import type { KnownDeviation } from '../deviation/deviation.ts';
import { judge, type Judgement } from '../judge/judge.ts';
import { lastStates } from '../judge/state.ts';
import { runDiagnoseStep } from './diagnose-step.ts';
import { usesBgp } from '../scenario/cross-check.ts';
import {
  announcedSchema,
  expectSchema,
  type Announced,
  type Expectation,
  type Scenario,
  type Step,
} from '../scenario/schema.ts';
import { renderValue, variablesOf, type Variables } from '../scenario/template.ts';
import { unrunRecord } from './error-record.ts';
import { Evidence } from './evidence.ts';
import type { Hold } from './hold.ts';
import { nudge, type Nudges } from './nudges.ts';
import { observeCounters } from './counters.ts';
import { NeighbourLog } from './neighbour-log.ts';
import type { Seat } from './restart-gate.ts';
import { renderedName, ScenarioPools } from './scenario-pools.ts';
import type { Session } from './session.ts';
import { ScenarioWayOut } from './scenario-way-out.ts';
import { StepRunner } from './step-runner.ts';
import { Stopwatch } from './stopwatch.ts';
import { tellingOf } from './telling.ts';
import { judgedUnclaimed, notRun, same, unclaimedBy, type Outcome } from './unclaimed.ts';

export interface ScenarioRunOptions {
  session: Session;
  scenario: Scenario;
  deviation: KnownDeviation | undefined;
  attempt: number;
  nudges: Nudges;
  /** True: what the client has captured is kept of every scenario, not only of those that are not as known. */
  capture: boolean;
  /** True: scenarios that need what is not claimed run all the same. */
  unclaimed: boolean;
  /** Leaves it standing after the first step that is not as claimed, or at its end. */
  hold?: Hold | undefined;
  signal: AbortSignal;
}

/**
 * Runs one scenario and judges it. Always gives a record: what goes wrong on our side is the verdict `error`.
 * Evidence is written before anything is cleaned up. @throws only the signal's reason, after cleaning up
 */
export async function runScenario(options: ScenarioRunOptions): Promise<ScenarioRecord> {
  const { session, scenario, signal } = options;
  const unfit = session.unfit.get(scenario.id);
  if (unfit !== undefined) {
    const { attempt } = options;
    const startedAt = session.log.now();
    return unrunRecord(scenario, { verdict: 'unsupported', reason: unfit, attempt, startedAt });
  }
  const unclaimed = unclaimedBy(session, scenario);
  const { name } = session.implementation.ref;
  using seat = session.restarts.take();
  const run = new Run(options, seat);
  if (unclaimed.length > 0 && !options.unclaimed)
    return run.record({ ...notRun(name, unclaimed), unclaimed });
  let outcome: Outcome;
  try {
    await run.play();
    outcome = { judgement: run.judge() };
  } catch (error) {
    outcome = { judgement: same('error'), reason: messageOf(error) };
  }
  try {
    // An interrupted scenario has no verdict to give evidence for, and a fault that lasts takes longer to heal:
    // speakers forget a node that is away for half a minute.
    const red = !signal.aborted && !isGreen(outcome.judgement.verdict.pair);
    if (red) {
      await run.diagnoseAll();
      await run.gather().catch((error: unknown) => {
        // Evidence that cannot be written is no ground to leave the scenario's objects to the next one.
        outcome = { judgement: same('error'), reason: messageOf(error) };
      });
    } else if (options.capture) await run.evidence.capture(session, run.startedAt);
    if (options.hold && !signal.aborted) {
      return run.record({ ...outcome, unclaimed, held: await run.hold() });
    }
    await run.removeServices();
    if (outcome.reason === undefined) {
      // Once more, as only now it is known whether the addresses were given back.
      outcome = { judgement: run.judge() };
      if (!red && !isGreen(outcome.judgement.verdict.pair)) await run.gather();
    }
    await run.removePools();
    await run.removeWayOut();
    if (unclaimed.length > 0) outcome = judgedUnclaimed(outcome, name, unclaimed);
  } catch (error) {
    // A cluster that cannot be cleaned up is no ground to judge the next scenario on.
    outcome = {
      judgement: { ...outcome.judgement, verdict: same('error').verdict },
      reason: `cleaning up: ${messageOf(error)}`,
    };
    // What is left of it by then, the end of the run removes.
    await run.removePools().catch(() => {});
    await run.removeWayOut().catch(() => {});
  }
  signal.throwIfAborted();
  return run.record({ ...outcome, unclaimed });
}

export function isGreen(verdict: Verdict): boolean {
  return EXPECTED_VERDICTS.has(verdict);
}

/** In the place of a step's id, of a diagnosis that no step asked for. */
const AT_THE_END = 'end';

/** So many Services are explained; of a thousand that lack an address, one explains the others. */
const DIAGNOSED = 5;

/** One run of one scenario. */
class Run {
  readonly #options: ScenarioRunOptions;
  readonly #stopwatch = new Stopwatch();
  readonly startedAt: number;
  readonly #steps: Step[];
  /** Those that were done, as far as it came. */
  readonly #done: Step[] = [];
  readonly #overrides: KnownDeviation['steps'];
  readonly #pools: ScenarioPools;
  readonly #runner: StepRunner;
  readonly #seat: Seat;
  #wayOut: ScenarioWayOut | undefined;
  /** The Services that have been explained without a step that asks for it. */
  readonly #diagnosed = new Set<string>();
  readonly #neighbours: NeighbourLog;
  readonly evidence: Evidence;

  constructor(options: ScenarioRunOptions, seat: Seat) {
    const { session, scenario, deviation, signal } = options;
    this.#options = options;
    session.log.clear();
    this.startedAt = session.log.now();
    this.evidence = new Evidence(session, scenario.id, options.attempt);
    const variables = scenarioVariables(session, scenario);
    this.#steps = scenario.steps.map((step) => renderedStep(step, variables));
    this.#overrides = Object.fromEntries(
      Object.entries(deviation?.steps ?? {}).map(([id, override]) => [
        id,
        {
          ...override,
          ...(override.expect ? { expect: rendered(override.expect, variables) } : {}),
          ...(override.announced ? { announced: renderedAnnounced(override.announced, variables) } : {}),
        },
      ]),
    );
    this.#seat = seat;
    this.#neighbours = new NeighbourLog(session, scenario.id);
    const shared = { session, scenario, variables, evidence: this.evidence, stopwatch: this.#stopwatch };
    this.#pools = new ScenarioPools(shared);
    this.#runner = new StepRunner({
      ...shared,
      pools: this.#pools,
      overrides: this.#overrides,
      seat,
      wayOut: () => this.#wayOut,
      signal,
    });
  }

  /** Makes the pools and advertisements, and does the steps. */
  async play(): Promise<void> {
    const { scenario, signal } = this.#options;
    const { pools, advertise } = scenario;
    const wayOut = usesBgp(scenario)
      ? await ScenarioWayOut.start(this.#options.session, scenario, signal)
      : undefined;
    this.#wayOut = wayOut;
    await this.#neighbours.begin(signal);
    if (pools.length > 0) {
      await this.#pools.change({
        pools: { put: pools, remove: [] },
        advertise: { put: advertise, remove: [] },
        name: 'pools.yaml',
        signal,
      });
    }
    if (wayOut) {
      await this.#pools.peer(wayOut.peering, signal);
      await this.#stopwatch.spend('implementation', () => wayOut.whenEstablished(signal));
    }
    const isWalked = await this.#walk(signal);
    await this.#runner.end();
    // As it is: a nudge may change what is to be looked at.
    if (!isWalked) return;
    await this.#runner.heal();
    const { session, nudges, deviation } = this.#options;
    const tellsSo = !deviation?.invariants.includes('says-so');
    await this.#stopwatch.spend('settle', () =>
      nudge({ nudges, session, pools: this.#pools, seat: this.#seat, tellsSo, signal }),
    );
    // All of them only read.
    await Promise.all([
      nudges === 'none' ? undefined : this.#observeCounters('settled', signal),
      this.#diagnose((one) => one.addresses.length < one.ipFamilies.length),
      this.#neighbours.pull(signal),
    ]);
  }

  /** Does the steps. False where the case is to be held before all of them are done, or has failed by then. */
  async #walk(signal: AbortSignal): Promise<boolean> {
    const { hold } = this.#options;
    for (const [index, step] of this.#steps.entries()) {
      const position = { step, number: index + 1, of: this.#steps.length };
      if ((await hold?.before?.(position)) === 'stop') return false;
      signal.throwIfAborted();
      await this.#runner.run(step);
      this.#done.push(step);
      await this.#neighbours.pull(signal);
      if (hold && this.#hasFailed(step)) return false;
    }
    return true;
  }

  /** Streams and traffic are judged when they have ended, and not before. */
  #hasFailed({ id, kind }: Step): boolean {
    if (kind === 'streams' || kind === 'traffic') return false;
    return this.judge().checks.some((check) => check.step === id && !check.ok);
  }

  /** What ran beside the steps ends; all else stays, faults included. */
  async hold(): Promise<NonNullable<ScenarioRecord['held']>> {
    await this.#runner.end().catch(() => {});
    const { namespace, probeName } = this.#options.session;
    const after = this.#done.at(-1)?.id;
    const isWhole = this.#done.length === this.#steps.length;
    return { ...(isWhole || after === undefined ? {} : { after }), namespace, probe: probeName };
  }

  /** What the implementation counts as in use. Right after a change it may lag: it is given the settle time. */
  async #observeCounters(moment: CountersObservation['moment'], signal: AbortSignal): Promise<void> {
    const { session } = this.#options;
    await this.#stopwatch.spend('settle', () =>
      observeCounters({ session, pools: this.#pools.names(), moment, signal }),
    );
  }

  /** Explains every Service that has not been explained at the end of the steps, where all is well with it. */
  async diagnoseAll(): Promise<void> {
    await this.#diagnose(({ service }) => !this.#diagnosed.has(service));
  }

  async #diagnose(select: (one: ServiceObservation) => boolean): Promise<void> {
    const { session } = this.#options;
    const signal = AbortSignal.timeout(timeoutMs('evidence'));
    const services = [...lastStates(session.log.from(this.startedAt), Infinity).values()].filter(
      (one) => !one.deleted && one.type === 'LoadBalancer' && select(one),
    );
    await Promise.all(
      services.slice(0, DIAGNOSED).map(async ({ service }) => {
        this.#diagnosed.add(service);
        try {
          await runDiagnoseStep({ step: AT_THE_END, service, session, signal });
        } catch (error) {
          // What cannot be explained is no ground for another verdict.
          await this.evidence.write(`diagnosis-${service}.txt`, `could not be made: ${messageOf(error)}\n`);
        }
      }),
    );
  }

  /** Everything that a maintainer asks for after a failure. */
  gather(): Promise<void> {
    return this.evidence.gather(this.#options.session, this.startedAt, this.#wayOut?.wayOut);
  }

  /** The router and what is behind it. Also after an abort. */
  async removeWayOut(): Promise<void> {
    const wayOut = this.#wayOut;
    this.#wayOut = undefined;
    await wayOut?.[Symbol.asyncDispose]();
  }

  judge(): Judgement {
    const { deviation, session } = this.#options;
    const { annotations } = session.implementation;
    return judge({
      namespace: session.namespace,
      annotations,
      violated: deviation?.invariants,
      mayViolate: deviation?.mayViolate,
      // A case that is held says nothing of the steps that it did not come to.
      steps: this.#options.hold ? this.#done : this.#steps,
      observations: session.log.from(this.startedAt),
      overrides: deviation && this.#overrides,
      telling: tellingOf(session.implementation),
    });
  }

  /** Services first: the pools they have their addresses from are looked at once more. Also after an abort. */
  async removeServices(): Promise<void> {
    await this.#runner.end().catch(() => {});
    // From the last to the first, and whatever fails, the others too: the next scenario stands on the same cluster.
    await using cleaning = new AsyncDisposableStack();
    cleaning.defer(async () => {
      const signal = AbortSignal.timeout(this.#runner.cleanUpMs());
      await this.#runner.cleanUp(signal);
      if (this.#options.nudges !== 'none') await this.#observeCounters('released', signal);
    });
    cleaning.defer(() => this.#runner.restore());
    cleaning.defer(() => this.#runner.heal());
  }

  /**
   * And the implementation's word that it has forgotten them: the next scenario's pools often have the same
   * names.
   */
  async removePools(): Promise<void> {
    await this.#pools.cleanUp(AbortSignal.timeout(timeoutMs('cleanup')));
  }

  record(
    outcome: Outcome & {
      unclaimed: readonly string[];
      held?: NonNullable<ScenarioRecord['held']>;
    },
  ): ScenarioRecord {
    const { session, scenario, deviation, attempt } = this.#options;
    const { judgement, reason, unclaimed, held } = outcome;
    const startedAt = this.startedAt;
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
              ...(deviation.chance ? { chance: true } : {}),
            },
          }
        : {}),
      ...(unclaimed.length === 0 ? {} : { unclaimed: [...unclaimed] }),
      ...(reason === undefined ? {} : { reason }),
      attempt,
      startedAt,
      ...(scenario.shared ? { shared: true } : {}),
      timing: this.#stopwatch.timing(),
      ranges: Object.fromEntries(
        (session.ranges.get(scenario.id) ?? []).map(({ name, first, last }) => [
          name,
          `${canonical(first)}-${canonical(last)}`,
        ]),
      ),
      ...(held ? { held } : {}),
      observations: session.log.from(startedAt),
      evidence: this.evidence.files,
    };
  }
}

function scenarioVariables(session: Session, scenario: Scenario): Variables {
  const { implementation, cluster, namespace, runId } = session;
  const put = scenario.steps.flatMap((step) => (step.kind === 'pools' ? step.pools.put : []));
  return variablesOf({
    ranges: session.ranges.get(scenario.id) ?? [],
    pools: [...scenario.pools, ...put].map(({ name }) => ({
      name,
      rendered: renderedName(name, scenario, session),
    })),
    annotations: { ...implementation.annotations },
    handledClass: implementation.handledClass,
    nodes: cluster.nodes,
    backendImage: cluster.state.images.backend,
    runId,
    namespace,
  });
}

function renderedStep(step: Step, variables: Variables): Step {
  if (step.kind === 'expect') return { ...step, expect: rendered(step.expect, variables) };
  if (step.kind !== 'announced') return step;
  return { ...step, announced: renderedAnnounced(step.announced, variables) };
}

function renderedAnnounced(announced: Announced, variables: Variables): Announced {
  return announcedSchema.parse(renderValue(announced, variables));
}

/** What is expected with the variables of its addresses replaced, as the judge is to see it. */
function rendered(expectation: Expectation, variables: Variables): Expectation {
  return expectSchema.parse(renderValue(expectation, variables));
}
