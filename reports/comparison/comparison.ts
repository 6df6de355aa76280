import { SUBJECTS, type Check, type RunRecord, type ScenarioRecord } from '../record/record.ts';

/** A case in its run. */
export interface Recorded {
  run: RunRecord;
  scenario: ScenarioRecord;
}

export interface Comparison {
  /** Every check that was made has the same outcome, and what failed did so in the same way. */
  isSame: boolean;
  /** What came out otherwise than in the record. */
  outcome: string[];
  /** In what the surroundings differ, which may be why. */
  surroundings: string[];
}

/**
 * A case that was run again, and its record. Only what was looked at both times is compared: a case that is held at
 * its failure has not come to the rest.
 */
export function compare(then: Recorded, now: Recorded): Comparison {
  const outcome = outcomeDifferences(then, now);
  return { isSame: outcome.length === 0, outcome, surroundings: surroundingDifferences(then, now) };
}

function outcomeDifferences(then: Recorded, now: Recorded): string[] {
  const differences: string[] = [];
  const { held } = now.scenario;
  for (const check of now.scenario.checks) {
    const before = then.scenario.checks.find(
      ({ step, subject }) => step === check.step && subject === check.subject,
    );
    const place = `${check.step}, ${check.subject}`;
    if (!before) differences.push(`${place}: was not looked at then; now ${told(check)}`);
    else if (before.ok !== check.ok) {
      differences.push(`${place}: then ${told(before)}; now ${told(check)}`);
    } else if (!check.ok && general(before.observed, then) !== general(check.observed, now)) {
      differences.push(
        `${place}: fails otherwise: then observed ${before.observed}; now observed ${check.observed}`,
      );
    }
  }
  if (now.scenario.reason !== then.scenario.reason && now.scenario.verdict.pair === 'error') {
    differences.push(`the harness failed: ${now.scenario.reason}`);
  }
  // Of a part, the verdict is not that of the whole.
  if (held?.after === undefined) {
    for (const subject of SUBJECTS) {
      const [before, after] = [shownVerdict(then, subject), now.scenario.verdict[subject]];
      if (before !== after) differences.push(`${subject}: the verdict was ${before}, and is ${after}`);
    }
  }
  return differences;
}

/** Of several attempts, the one whose checks the record has. */
function shownVerdict({ scenario }: Recorded, subject: (typeof SUBJECTS)[number]) {
  const { attempts, attempt, verdict } = scenario;
  return (attempts?.[attempt - 1]?.verdict ?? verdict)[subject];
}

function told({ ok, expected, observed }: Check): string {
  return ok ? `as claimed (${observed})` : `expected ${expected}, observed ${observed}`;
}

/** What is observed without what is another one in each run: addresses, times, names of pods, nodes and namespaces. */
export function general(text: string, { run, scenario }: Recorded): string {
  return text
    .replaceAll(scenario.held?.namespace ?? `dualvip-${run.id}`, 'NAMESPACE')
    .replaceAll(new RegExp(`\\b${run.cluster.name}-(?=control-plane|worker)`, 'g'), 'CLUSTER-')
    .replaceAll(/\bdualvip-\d{8}-\d{6}-[a-z]{3}(-\d+)?/g, 'NAMESPACE')
    .replaceAll(/\b\d+(\.\d+)? (ms|s)\b/g, 'TIME')
    .replaceAll(/\b(\d+\.){3}\d+\b|\b[0-9a-f]{1,4}:[0-9a-f:]*:[0-9a-f:]*/gi, 'ADDRESS')
    .replaceAll(/-[0-9a-z]{6,10}-[0-9a-z]{5}\b/g, '-POD');
}

function surroundingDifferences(then: Recorded, now: Recorded): string[] {
  const facts = (one: Recorded): Record<string, string | undefined> => {
    const { cluster, implementation, harness, engine, machine, settings } = one.run;
    return {
      dualvip: harness.version,
      Node: harness.node,
      Kubernetes: cluster.kubernetes,
      implementation: `${implementation.name} ${implementation.version} (${implementation.mode})`,
      topology: cluster.topology,
      nodes: String(cluster.nodes.length),
      images: cluster.images.origin,
      'node image': cluster.images.node,
      'probe image': cluster.images.probe,
      'IPv4 subnet': cluster.subnets.IPv4,
      'IPv6 subnet': cluster.subnets.IPv6,
      engine: engine.version,
      cgroup: String(engine.cgroupVersion),
      platform: machine.platform,
      processors: String(machine.cpus),
      nudges: settings?.nudges,
      ...Object.fromEntries(
        Object.entries(cluster.images.modules ?? {}).map(([module, sum]) => [`module ${module}`, sum]),
      ),
      ...settings?.timeouts,
    };
  };
  const [before, after] = [facts(then), facts(now)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  // A built image has another identity on each machine, and the same name: what it was built of is in it.
  const isPublished = now.run.cluster.images.origin === 'published';
  const identity =
    isPublished && then.run.cluster.images.nodeId !== now.run.cluster.images.nodeId
      ? ['the node image has another identity']
      : [];
  return [
    ...names
      .filter((name) => before[name] !== after[name])
      .map((name) => `${name} was ${before[name] ?? 'not recorded'}, and is ${after[name] ?? 'not there'}`),
    ...identity,
  ];
}
