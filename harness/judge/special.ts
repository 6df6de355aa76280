import { FAMILIES, type Family } from '../../base/addresses.ts';
import {
  SUBJECTS,
  type AnswerObservation,
  type Check,
  type DiagnosisObservation,
  type Observation,
  type PrerequisitesObservation,
  type TrafficObservation,
  type UnclaimedObservation,
} from '../../reports/record/record.ts';
import type { Diagnose, Prerequisites, Traffic } from '../scenario/schema.ts';

/**
 * The API must have refused a step, with a message that the regular expression matches. `rejected`: undefined
 * where it is known to take it.
 */
export function checkAnswer(
  step: string,
  rejected: string | undefined,
  observations: readonly Observation[],
): Check {
  const answer = observations.find(
    (one): one is AnswerObservation => one.kind === 'answer' && one.step === step,
  );
  return {
    step,
    subject: 'pair',
    ok:
      rejected === undefined
        ? answer?.accepted === true
        : answer?.accepted === false && new RegExp(rejected).test(answer.message),
    expected: rejected === undefined ? 'the API takes it' : `the API refuses it with "${rejected}"`,
    observed: !answer ? 'no answer' : answer.accepted ? 'the API took it' : answer.message,
  };
}

/** The harness's own diagnosis must name exactly these causes. */
export function checkDiagnosis(
  step: string,
  { causes, of }: Diagnose,
  observations: readonly Observation[],
): Check {
  const diagnosis = observations.findLast(
    (one): one is DiagnosisObservation => one.kind === 'diagnosis' && one.step === step,
  );
  const name = (cause: string, family?: Family) =>
    of === undefined ? cause : `${cause} of ${family ?? 'both families'}`;
  const wanted = causes.map((cause) => name(cause, of));
  const found = [...new Set(diagnosis?.findings.map(({ cause, family }) => name(cause, family)))];
  return {
    step,
    subject: 'pair',
    ok: diagnosis !== undefined && found.toSorted().join() === wanted.toSorted().join(),
    expected: `diagnosis: ${wanted.join(', ') || 'nothing is wrong'}`,
    observed: found.join(', ') || 'nothing is wrong',
  };
}

/** One check a family: nodes, pods and Services of the cluster have it. */
export function checkPrerequisites(
  step: string,
  { families }: Prerequisites,
  observations: readonly Observation[],
): Check[] {
  const seen = observations.findLast(
    (one): one is PrerequisitesObservation => one.kind === 'prerequisites' && one.step === step,
  );
  return families.map((family) => {
    const missing = seen ? missingOf(family, seen) : ['nothing was read'];
    return {
      step,
      subject: family,
      ok: missing.length === 0,
      expected: `${family} for every node's address, for pods and for Services`,
      observed: missing.join(', ') || `all of ${seen?.nodes.map(({ name }) => name).join(', ')}`,
    };
  });
}

function missingOf(family: Family, { services, nodes }: PrerequisitesObservation): string[] {
  return [
    ...(services.includes(family) ? [] : [`no ${family} CIDR for Services`]),
    ...nodes.flatMap(({ name, addresses, pods }) => [
      ...(addresses.includes(family) ? [] : [`${name} has no ${family} address`]),
      ...(pods.includes(family) ? [] : [`${name} has no ${family} CIDR for pods`]),
    ]),
    ...(nodes.length > 0 ? [] : ['no node']),
  ];
}

/**
 * One check an address: no more connections were lost than may be. Of a family that was taken away meanwhile,
 * some were lost, and not all: else the outage was not seen, or never began or ended.
 */
export function checkTraffic(
  step: string,
  { lost, outage }: Traffic,
  observations: readonly Observation[],
): Check[] {
  const streams = observations.filter(
    (one): one is TrafficObservation => one.kind === 'traffic' && one.step === step,
  );
  if (streams.length === 0) {
    return [{ step, subject: 'pair', ok: false, expected: 'traffic flows', observed: 'there was none' }];
  }
  return streams.map((stream) => {
    const away = outage.includes(stream.family);
    return {
      step,
      subject: stream.family,
      ok: stream.sent > 0 && (away ? stream.lost > 0 && stream.lost < stream.sent : stream.lost <= lost),
      expected: away
        ? `some connections to ${stream.address} are lost, and not all`
        : `at most ${lost} connections to ${stream.address} are lost`,
      observed: describeStream(stream),
    };
  });
}

function describeStream({ lost, sent, at, endedAt, failures }: TrafficObservation): string {
  const [first] = failures;
  return (
    `${lost} of ${sent} in ${Math.round(endedAt - at)} ms` +
    (first ? `, the first after ${Math.round(first.at - at)} ms: ${first.outcome}` : '')
  );
}

/** What the implementation does not claim to do is not judged, for any family. */
export function unclaimed(
  step: string,
  { feature, because }: Pick<UnclaimedObservation, 'feature' | 'because'>,
): Check[] {
  return FAMILIES.map((subject) => ({
    step,
    subject,
    ok: true,
    unsupported: true,
    expected: `needs ${feature}`,
    observed: because ?? 'the implementation does not claim it',
  }));
}

/** Of every subject: no family passes that nobody looked at. */
export function notReached(step: string): Check[] {
  return SUBJECTS.map((subject) => ({
    step,
    subject,
    ok: false,
    expected: 'the step is run',
    observed: 'the run ended before it',
  }));
}
