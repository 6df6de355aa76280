import type { Family } from '../../base/addresses.ts';
import type { Check, ControlObservation, ProbeObservation } from '../../reports/record/record.ts';
import { expectedOutcomes, type Outcome, type Probe } from '../scenario/expectation.ts';

export interface ProbeContext {
  step: string;
  /** spec.ipFamilies of the Service. */
  serviceFamilies: readonly Family[];
  /** The last attempt at each address. */
  probes: readonly ProbeObservation[];
  controls: readonly ControlObservation[];
  /** The pods behind the Service. */
  backends: readonly string[];
  /** The addresses that the client has asked all for meanwhile; undefined: that is not known yet. */
  asked?: ReadonlySet<string> | undefined;
}

/** Compares what a probe step expects of each family with what the last attempt at each address met. */
export function checkProbe(probe: Probe, context: ProbeContext): Check[] {
  return [...checkOutcomes(probe, context), ...checkNeighbours(probe, context)];
}

/** Of each family that is to be reached: whether the client had to ask all who has the address. */
function checkNeighbours({ neighbours, ...probe }: Probe, context: ProbeContext): Check[] {
  const { step, serviceFamilies, probes, asked } = context;
  if (neighbours === undefined || asked === undefined) return [];
  return [...expectedOutcomes(probe, serviceFamilies)].flatMap(([family, expected]) => {
    if (expected === 'no-address') return [];
    const addresses = probes.flatMap((one) => (one.family === family ? (one.address ?? []) : []));
    return [
      {
        step,
        subject: family,
        ok: addresses.length > 0 && addresses.every((one) => asked.has(one) === (neighbours === 'cold')),
        expected:
          neighbours === 'cold'
            ? 'the client asks all who has the address'
            : 'the client knows who has the address, and does not ask all',
        observed:
          addresses.map((one) => `${one} ${asked.has(one) ? 'asked' : 'not asked'}`).join(', ') ||
          'not probed',
      },
    ];
  });
}

function checkOutcomes(probe: Probe, context: ProbeContext): Check[] {
  return [...expectedOutcomes(probe, context.serviceFamilies)].map(([family, expected]) => {
    const isStranger = (one: ProbeObservation) =>
      probe.backends &&
      expected === 'reachable' &&
      outcomeOf(one) === 'reachable' &&
      !context.backends.includes(one.backend ?? '');
    const isUnannounced = (one: ProbeObservation) =>
      probe.announced && outcomeOf(one) === 'reachable' && one.announcer === undefined;
    const isAsExpected = (one: ProbeObservation) =>
      outcomeOf(one) === expected &&
      !isStranger(one) &&
      !isUnannounced(one) &&
      (expected !== 'reachable' || (hasSource(probe, one) && hasPayload(probe, one)));
    // A Service can have several addresses of one family: one that is not as expected decides.
    const attempts = context.probes.filter((one) => one.family === family);
    const last = attempts.find((one) => !isAsExpected(one)) ?? attempts[0];
    const control = context.controls.findLast((one) => one.family === family);
    // Silence that was wanted proves as little as silence that was not, when the network is silent itself.
    const deaf =
      last !== undefined &&
      outcomeOf(last) === 'unreachable' &&
      expected !== 'no-address' &&
      control !== undefined &&
      control.outcome !== 'ok';
    const ok = last !== undefined && isAsExpected(last) && !deaf;
    return {
      step: context.step,
      subject: family,
      ok,
      ...(deaf ? { inconclusive: true } : {}),
      expected: describeExpected(expected, probe),
      observed:
        (last ? describeProbe(last) : 'not probed') +
        (deaf ? `; so is the node ${control.address} (${control.outcome})` : '') +
        (last && isStranger(last) ? `, which is none of ${context.backends.join(', ') || 'no backend'}` : ''),
    };
  });
}

/**
 * `unreachable` in a scenario's terms: nobody announces the address, so connections time out or the kernel
 * gives up asking for it. A refusal or a reset is an answer of somebody: neither reachable nor unreachable.
 */
function outcomeOf({ outcome, status }: ProbeObservation): Outcome | undefined {
  if (outcome === 'no-address') return 'no-address';
  if (outcome === 'timeout' || outcome === 'unreachable') return 'unreachable';
  return outcome === 'ok' && (status === undefined || status < 400) ? 'reachable' : undefined;
}

function hasSource({ source }: Probe, { sourceOf }: ProbeObservation): boolean {
  return source === undefined || sourceOf === source;
}

function hasPayload({ payload }: Probe, { echoed }: ProbeObservation): boolean {
  return payload === undefined || echoed === payload;
}

const SOURCE_WORDS = {
  client: "the client's own address",
  cluster: "the cluster's address",
  other: 'an address that is not known',
};

function describeExpected(outcome: Outcome, probe: Probe): string {
  const { port, protocol, backends, announced, source, payload } = probe;
  if (outcome === 'no-address') return 'no address to probe';
  if (outcome !== 'reachable') return `${outcome} on ${protocol}/${port}`;
  const more = [
    backends ? ' from a backend of the Service' : '',
    announced ? ', announced by a node' : '',
    source ? `, with ${SOURCE_WORDS[source]} as its source` : '',
    payload ? `, with ${payload} bytes there and back` : '',
  ];
  return `${outcome} on ${protocol}/${port}${more.join('')}`;
}

function describeProbe(probe: ProbeObservation): string {
  if (probe.outcome === 'no-address') return 'no address';
  const facts = [
    `${probe.address} ${probe.outcome} (${probe.detail}) after ${probe.totalMs.toFixed(1)} ms`,
    probe.backend ? `backend ${probe.backend}` : undefined,
    probe.announcer
      ? `announced by ${probe.announcer}`
      : probe.mac
        ? `announced by MAC ${probe.mac}, no node's`
        : undefined,
    probe.source && probe.sourceOf ? `seen as ${probe.source}, ${SOURCE_WORDS[probe.sourceOf]}` : undefined,
    probe.echoed === undefined ? undefined : `${probe.echoed} bytes back`,
  ];
  return facts.filter((fact) => fact !== undefined).join(', ');
}
