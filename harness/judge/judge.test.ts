import { describe, expect, it } from 'vitest';

import type { Observation } from '../../reports/record/record.ts';
import { announcedSchema } from '../scenario/announced.ts';
import { expectSchema, probeSchema } from '../scenario/expectation.ts';
import { outageSchema, streamsSchema } from '../scenario/outage.ts';
import type { Step } from '../scenario/schema.ts';
import { attempt, control, event, noAddress, service, silence, step, V4, V6 } from './fake-observations.ts';
import { judge, type JudgeInput, type Overrides } from './judge.ts';

const POOLS = { 'ipv4-pool': [`${V4}-${V4}`], 'ipv6-pool': [`${V6}-${V6}`] };
const BOTH = [{ family: 'IPv4' }, { family: 'IPv6' }];

const expectStep = (fields: object): Step => ({
  kind: 'expect',
  id: 'assigned',
  expect: expectSchema.parse({ service: 'web', ...fields }),
});
const probeStep = (fields: object): Step => ({
  kind: 'probe',
  id: 'reach',
  probe: probeSchema.parse({ service: 'web', port: 80, ...fields }),
});

/** The claim of most tests: both addresses are assigned, and both answer. */
const CLAIM = [expectStep({ addresses: BOTH }), probeStep({ expect: 'reachable' })];

const RAN = [step('assigned', { at: 0, endedAt: 100 }), step('reach', { at: 100, endedAt: 200 })];
const ASSIGNED = service({ at: 50, addresses: [V4, V6] });
const AS_CLAIMED: Observation[] = [service({ at: 10 }), ASSIGNED, attempt(V4), attempt(V6), ...RAN];

type Known = Pick<JudgeInput, 'violated' | 'mayViolate'>;

const balancer = (at: number, ...addresses: string[]) => service({ at, type: 'LoadBalancer', addresses });

interface Judged extends Known {
  steps?: Step[];
  overrides?: Overrides;
}

function judged(observations: readonly Observation[], { steps = CLAIM, ...known }: Judged = {}) {
  return judge({ steps, observations: [{ kind: 'pools', at: 0, pools: POOLS }, ...observations], ...known });
}

/** `pair, IPv4, IPv6`. */
function verdicts(observations: readonly Observation[], options: Judged = {}): string {
  const { pair, IPv4, IPv6 } = judged(observations, options).verdict;
  return [pair, IPv4, IPv6].join(', ');
}

describe('without a known deviation', () => {
  it('is pass when everything is as claimed', () => {
    const { verdict, checks, deviationChecks } = judged(AS_CLAIMED);
    expect(verdict).toEqual({ pair: 'pass', IPv4: 'pass', IPv6: 'pass' });
    expect(checks.map(({ step: id, subject, ok }) => `${id} ${subject} ${ok}`)).toEqual([
      'assigned IPv4 true',
      'assigned IPv6 true',
      'assigned pair true',
      'reach IPv4 true',
      'reach IPv6 true',
    ]);
    expect(deviationChecks).toEqual([]);
  });

  it.each([
    ['IPv4 does not answer', [ASSIGNED, silence(V4), attempt(V6)], 'fail, fail, pass'],
    ['IPv6 does not answer', [ASSIGNED, attempt(V4), silence(V6)], 'fail, pass, fail'],
    ['neither answers', [ASSIGNED, silence(V4), silence(V6)], 'fail, fail, fail'],
    ['IPv6 is refused', [ASSIGNED, attempt(V4), attempt(V6, { outcome: 'refused' })], 'fail, pass, fail'],
    [
      'IPv6 was not assigned',
      [service({ addresses: [V4] }), attempt(V4), noAddress('IPv6')],
      'fail, pass, fail',
    ],
    [
      'nothing was assigned',
      [service({ addresses: [] }), noAddress('IPv4'), noAddress('IPv6')],
      'fail, fail, fail',
    ],
    ['nothing was seen', [], 'fail, fail, fail'],
  ])('is fail, for the family that it is about: %s', (_, observations, expected) => {
    expect(verdicts([...observations, ...RAN])).toBe(expected);
  });

  it('fails only the pair for what is about both', () => {
    const steps = [expectStep({ addresses: BOTH, order: 'listed' })];
    expect(verdicts([service({ addresses: [V6, V4] }), ...RAN], { steps })).toBe('fail, pass, pass');
  });

  it.each([
    [
      'IPv6 alone',
      [attempt(V4), silence(V6), control('IPv6', 'timeout')],
      'inconclusive, pass, inconclusive',
    ],
    [
      'both',
      [silence(V4), silence(V6), control('IPv4', 'unreachable'), control('IPv6', 'timeout')],
      'inconclusive, inconclusive, inconclusive',
    ],
    // What is certain outweighs what is not.
    [
      'IPv6, and IPv4 is wrong for certain',
      [silence(V4), silence(V6), control('IPv4', 'ok'), control('IPv6', 'timeout')],
      'fail, fail, inconclusive',
    ],
  ])('is inconclusive when the control failed too: %s', (_, observations, expected) => {
    expect(verdicts([ASSIGNED, ...observations, ...RAN])).toBe(expected);
  });

  it('is judged by what was known when the step ended', () => {
    const late = service({ at: 150, addresses: [V4, V6] });
    const steps = [expectStep({ addresses: BOTH })];
    expect(verdicts([service({ at: 10 }), late, ...RAN], { steps })).toBe('fail, fail, fail');
    const lost = service({ at: 150, addresses: [] });
    expect(verdicts([ASSIGNED, lost, ...RAN], { steps })).toBe('pass, pass, pass');
  });

  it('looks at the Service that is named', () => {
    const steps = [expectStep({ service: 'other', addresses: BOTH })];
    const other = service({ service: 'other', uid: 'uid-9' });
    expect(verdicts([ASSIGNED, other, ...RAN], { steps })).toBe('fail, fail, fail');
    expect(verdicts([service(), { ...other, addresses: [V4, V6] }, ...RAN], { steps })).toBe(
      'pass, pass, pass',
    );
  });

  it('compares with the other Services as they were then, too', () => {
    const steps = [expectStep({ distinctFrom: ['other'] })];
    const other = service({ service: 'other', uid: 'uid-9', at: 60, addresses: [V6] });
    expect(verdicts([ASSIGNED, other, ...RAN], { steps })).toBe('fail, pass, pass');
    expect(verdicts([ASSIGNED, { ...other, at: 150 }, ...RAN], { steps })).toBe('pass, pass, pass');
  });

  it('takes no event of an earlier Service of the same name', () => {
    const steps = [expectStep({ events: [{ reason: 'AllocationFailed' }] })];
    const again = service({ at: 40, uid: 'uid-2' });
    const gone = service({ at: 30, deleted: true });
    expect(verdicts([service(), event(), ...RAN], { steps })).toBe('pass, pass, pass');
    expect(verdicts([service(), event(), gone, again, ...RAN], { steps })).toBe('fail, pass, pass');
    const own = event({ at: 45, uid: 'uid-2' });
    expect(verdicts([service(), event(), gone, again, own, ...RAN], { steps })).toBe('pass, pass, pass');
  });

  it('takes only steps that look: the others are in the record, and have no checks', () => {
    const steps: Step[] = [
      { kind: 'apply', id: 'apply-1', apply: ['service.yaml'] },
      { kind: 'delete', id: 'delete-2', delete: { kind: 'Service', name: 'web' } },
    ];
    expect(judged([], { steps })).toEqual({
      verdict: { pair: 'pass', IPv4: 'pass', IPv6: 'pass' },
      checks: [],
      deviationChecks: [],
    });
  });
});

describe('a step that was not reached', () => {
  it('is a failure of every subject: nobody looked', () => {
    const { verdict, checks } = judged([ASSIGNED, step('assigned')]);
    expect(verdict).toEqual({ pair: 'fail', IPv4: 'fail', IPv6: 'fail' });
    expect(checks.slice(3)).toEqual(
      ['IPv4', 'IPv6', 'pair'].map((subject) => ({
        step: 'reach',
        subject,
        ok: false,
        expected: 'the step is run',
        observed: 'the run ended before it',
      })),
    );
    expect(verdicts([])).toBe('fail, fail, fail');
  });

  it('is not what a deviation knows', () => {
    const overrides = { assigned: { expect: expectSchema.parse({ service: 'web', pending: true }) } };
    expect(verdicts([service(), step('assigned')], { overrides })).toBe('fail, fail, fail');
  });
});

describe('pending', () => {
  const steps = [expectStep({ pending: true })];
  const window = step('assigned', { at: 100, endedAt: 1600.4 });
  const lastCheck = (observations: Observation[]) =>
    judged([...observations, window], { steps }).checks.at(-1);
  const stays = { step: 'assigned', subject: 'pair', expected: 'stays without an address' };

  it('passes when the Service had no address all the while', () => {
    expect(verdicts([service(), window], { steps })).toBe('pass, pass, pass');
    expect(lastCheck([service()])).toEqual({ ...stays, ok: true, observed: 'for 1500 ms' });
  });

  it('fails when it had an address for a moment', () => {
    const moment = [service(), service({ at: 500, addresses: [V6] }), service({ at: 501 })];
    expect(lastCheck(moment)).toEqual({ ...stays, ok: false, observed: `it had ${V6}` });
    expect(verdicts([...moment, window], { steps })).toBe('fail, pass, pass');
  });

  it('fails when it had one as the step began', () => {
    const before = [service({ addresses: [V4, V6] }), service({ at: 101 })];
    expect(lastCheck(before)).toEqual({ ...stays, ok: false, observed: `it had ${V4}, ${V6}` });
  });

  it('fails for the family that has an address in the end', () => {
    expect(verdicts([service(), service({ at: 500, addresses: [V6] }), window], { steps })).toBe(
      'fail, pass, fail',
    );
  });

  it('is not disturbed by an address before or after the step', () => {
    const around = [
      service({ at: 10, addresses: [V4] }),
      service({ at: 20 }),
      service({ at: 1601, addresses: [V4] }),
    ];
    expect(verdicts([...around, window], { steps })).toBe('pass, pass, pass');
  });
});

describe('a probe without families of its own', () => {
  const steps = [probeStep({ expect: 'reachable' })];

  it('is of those of the Service', () => {
    const single = service({ ipFamilies: ['IPv6'], addresses: [V6] });
    expect(judged([single, attempt(V6), ...RAN], { steps }).checks.map(({ subject }) => subject)).toEqual([
      'IPv6',
    ]);
  });

  it('is of both when the Service is not there', () => {
    expect(judged(RAN, { steps }).checks.map(({ subject, ok }) => `${subject} ${ok}`)).toEqual([
      'IPv4 false',
      'IPv6 false',
    ]);
  });

  it('asks for the backends of that step', () => {
    const of = { kind: 'backends', at: 1, service: 'web' } as const;
    const asking = [probeStep({ expect: 'reachable', backends: true })];
    const own = { ...of, step: 'reach', pods: ['web-1'] };
    const stranger = { ...of, step: 'reach', pods: ['web-2'] };
    const elsewhere = { ...of, step: 'later', pods: ['web-1'] };
    expect(verdicts([...AS_CLAIMED, own], { steps: asking })).toBe('pass, pass, pass');
    expect(verdicts([...AS_CLAIMED, stranger], { steps: asking })).toBe('fail, fail, fail');
    expect(verdicts([...AS_CLAIMED, elsewhere], { steps: asking })).toBe('fail, fail, fail');
  });
});

describe('with a known deviation', () => {
  /** IPv6 gets no address, and so does not answer. */
  const overrides: Overrides = {
    assigned: { expect: expectSchema.parse({ service: 'web', addresses: [{ family: 'IPv4' }] }) },
    reach: {
      probe: probeSchema.parse({
        service: 'web',
        port: 80,
        expect: { IPv4: 'reachable', IPv6: 'no-address' },
      }),
    },
  };
  const AS_KNOWN: Observation[] = [service({ addresses: [V4] }), attempt(V4), noAddress('IPv6'), ...RAN];

  it('is expected-fail when it holds in all of its parts', () => {
    const { verdict, checks, deviationChecks } = judged(AS_KNOWN, { overrides });
    expect(verdict).toEqual({ pair: 'expected-fail', IPv4: 'pass', IPv6: 'expected-fail' });
    expect(checks.filter(({ ok }) => !ok).map((one) => `${one.step} ${one.subject}`)).toEqual([
      'assigned IPv6',
      'assigned pair',
      'reach IPv6',
    ]);
    expect(deviationChecks.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
  });

  it('is unexpected-pass when the claim holds, for the families that it says otherwise of', () => {
    expect(verdicts(AS_CLAIMED, { overrides })).toBe('unexpected-pass, pass, unexpected-pass');
  });

  it('is unexpected-pass of the pair alone where it is about the pair alone', () => {
    const steps = [expectStep({ primary: 'IPv4' })];
    const other = { assigned: { expect: expectSchema.parse({ service: 'web', primary: 'IPv6' }) } };
    expect(verdicts(AS_CLAIMED, { steps, overrides: other })).toBe('unexpected-pass, pass, pass');
  });

  it('is expected-fail when the API is known to take what it should refuse', () => {
    const steps: Step[] = [
      { kind: 'patch', id: 'assigned', patch: { kind: 'Service', name: 'web', patch: {} }, rejected: 'no' },
    ];
    const known: Overrides = { assigned: { accepted: true } };
    const answer = { kind: 'answer', at: 50, step: 'assigned' } as const;
    const taken: Observation[] = [{ ...answer, accepted: true, message: '' }, ...RAN];
    const refused: Observation[] = [{ ...answer, accepted: false, message: 'no' }, ...RAN];
    expect(verdicts(taken, { steps })).toBe('fail, pass, pass');
    expect(verdicts(taken, { steps, overrides: known })).toBe('expected-fail, pass, pass');
    expect(verdicts(refused, { steps, overrides: known })).toBe('unexpected-pass, pass, pass');
  });

  it('is expected-fail when the diagnosis is known to find nothing', () => {
    const steps: Step[] = [
      { kind: 'diagnose', id: 'assigned', diagnose: { service: 'web', causes: ['no-endpoints'] } },
    ];
    const known: Overrides = { assigned: { diagnose: { service: 'web', causes: [] } } };
    const diagnosis = { kind: 'diagnosis', at: 50, step: 'assigned', service: 'web' } as const;
    const finding = { cause: 'no-endpoints', text: 'x', fix: 'x' } as const;
    const none: Observation[] = [{ ...diagnosis, findings: [] }, ...RAN];
    const one: Observation[] = [{ ...diagnosis, findings: [{ ...finding, evidence: [] }] }, ...RAN];
    expect(verdicts(none, { steps })).toBe('fail, pass, pass');
    expect(verdicts(none, { steps, overrides: known })).toBe('expected-fail, pass, pass');
    expect(verdicts(one, { steps, overrides: known })).toBe('unexpected-pass, pass, pass');
  });

  it('is expected-fail when connections are known to be lost', () => {
    const traffic = { service: 'web', port: 80, lost: 0, outage: [] };
    const steps: Step[] = [{ kind: 'traffic', id: 'assigned', traffic }];
    const known: Overrides = { assigned: { traffic: { ...traffic, outage: ['IPv4'] } } };
    const stream = { kind: 'traffic', at: 50, endedAt: 90, step: 'assigned', service: 'web' } as const;
    const sent = { family: 'IPv4', address: V4, sent: 4 } as const;
    const some: Observation[] = [{ ...stream, ...sent, failures: [], lost: 2 }, ...RAN];
    const none: Observation[] = [{ ...stream, ...sent, failures: [], lost: 0 }, ...RAN];
    expect(verdicts(some, { steps })).toBe('fail, fail, pass');
    expect(verdicts(some, { steps, overrides: known })).toBe('expected-fail, expected-fail, pass');
    expect(verdicts(none, { steps, overrides: known })).toBe('unexpected-pass, unexpected-pass, pass');
  });

  it.each([
    [
      'the status is as known, and IPv4 does not answer',
      [service({ addresses: [V4] }), silence(V4), noAddress('IPv6')],
      'fail, fail, fail',
    ],
    [
      'the status is as claimed, and IPv6 does not answer',
      [ASSIGNED, attempt(V4), silence(V6)],
      'fail, pass, fail',
    ],
    [
      'the wrong family is missing',
      [service({ addresses: [V6] }), noAddress('IPv4'), attempt(V6)],
      'fail, fail, pass',
    ],
    ['nothing was assigned', [service(), noAddress('IPv4'), noAddress('IPv6')], 'fail, fail, fail'],
  ])('is fail when it holds in part only: %s', (_, observations, expected) => {
    expect(verdicts([...observations, ...RAN], { overrides })).toBe(expected);
  });

  it('is inconclusive when the network failed where claim and deviation agree', () => {
    const { assigned: _assigned, ...onlyReach } = overrides;
    const seen = [ASSIGNED, silence(V4), attempt(V6), control('IPv4', 'timeout'), ...RAN];
    expect(verdicts(seen, { overrides: onlyReach })).toBe('inconclusive, inconclusive, pass');
  });

  it('judges the steps that it does not name by the claim', () => {
    const { reach: _reach, ...onlyAssigned } = overrides;
    expect(verdicts(AS_KNOWN, { overrides: onlyAssigned })).toBe('fail, pass, fail');
  });

  it('can be that addresses are assigned where none should be', () => {
    const claim = { steps: [expectStep({ pending: true })] };
    const known = { assigned: { expect: expectSchema.parse({ service: 'web', addresses: BOTH }) } };
    const seen = [service(), ASSIGNED, ...RAN];
    expect(verdicts(seen, { ...claim, overrides: known })).toBe(
      'expected-fail, expected-fail, expected-fail',
    );
    expect(verdicts([service(), ...RAN], { ...claim, overrides: known })).toBe(
      'unexpected-pass, unexpected-pass, unexpected-pass',
    );
  });

  it('of no step leaves nothing that could be known', () => {
    expect(verdicts(AS_CLAIMED, { overrides: {} })).toBe('unexpected-pass, pass, pass');
    expect(verdicts(AS_KNOWN, { overrides: {} })).toBe('fail, pass, fail');
  });

  describe('that is there by chance', () => {
    const { assigned = {}, reach = {} } = overrides;
    const chance = { assigned: { ...assigned, chance: true }, reach: { ...reach, chance: true } } as const;

    it.each<[string, Observation[], Overrides, string]>([
      ['all is as claimed', AS_CLAIMED, chance, 'pass, pass, pass'],
      ['all is as known', AS_KNOWN, chance, 'expected-fail, pass, expected-fail'],
      [
        'one step is as known, and one as claimed',
        [ASSIGNED, attempt(V4), noAddress('IPv6'), ...RAN],
        chance,
        'expected-fail, pass, expected-fail',
      ],
      [
        'it is neither',
        [service({ addresses: [V6] }), noAddress('IPv4'), attempt(V6), ...RAN],
        chance,
        'fail, fail, pass',
      ],
      ['and another step is as claimed', AS_CLAIMED, { assigned: chance.assigned }, 'pass, pass, pass'],
      [
        'and what is certain is as claimed',
        AS_CLAIMED,
        { assigned: chance.assigned, reach },
        'unexpected-pass, pass, unexpected-pass',
      ],
      [
        'and what is certain is as known',
        AS_KNOWN,
        { assigned, reach: chance.reach },
        'expected-fail, pass, expected-fail',
      ],
    ])('%s', (_, observations, known, expected) => {
      expect(verdicts(observations, { overrides: known })).toBe(expected);
    });

    const nudge: Observation = { kind: 'nudge', at: 300, nudge: 'annotate', endedAt: 400 };
    const [kept, moved] = [[balancer(50, V4, V6)], [balancer(50, V4, V6), balancer(350, V4)]];

    it.each<[string, Observation[], Known, string]>([
      ['it holds, and may not', kept, { mayViolate: ['stays'] }, 'pass, pass, pass'],
      ['it does not, and may', moved, { mayViolate: ['stays'] }, 'expected-fail, pass, expected-fail'],
      ['it does not, and another may', moved, { mayViolate: ['unique'] }, 'fail, pass, fail'],
      [
        'it holds, and should not',
        kept,
        { mayViolate: ['unique'], violated: ['stays'] },
        'unexpected-pass, pass, pass',
      ],
    ])('an invariant: %s', (_, states, known, expected) => {
      const observations = [...states, attempt(V4), attempt(V6), ...RAN, nudge];
      expect(verdicts(observations, { overrides: {}, ...known })).toBe(expected);
    });
  });
});

function named(steps: readonly Step[], observations: readonly Observation[]): string[] {
  const { checks } = judge({ steps, observations, namespace: 'run-1' });
  return [...new Set(checks.map(({ step: id, service: name }) => `${id}: ${name}`))];
}

describe('the Service that a check is about', () => {
  it('is named with its namespace, also where its step was not reached', () => {
    const names = ['assigned: run-1/web', 'reach: run-1/web'];
    expect(named(CLAIM, AS_CLAIMED)).toEqual(names);
    expect(named(CLAIM, [])).toEqual(names);
  });

  it('is of an outage the one whose streams are looked at, and of several none', () => {
    const steps: Step[] = [
      { kind: 'streams', id: 'watched', streams: streamsSchema.parse({ service: 'db', port: 80 }) },
      {
        ...{ kind: 'outage', id: 'lost' },
        outage: outageSchema.parse({ of: 'watched', after: 'watched', longest: 0 }),
      },
      { ...{ kind: 'announced', id: 'two' }, announced: announcedSchema.parse({ service: ['a', 'b'] }) },
    ];
    expect(named(steps, [])).toEqual(['lost: run-1/db', 'two: undefined']);
  });
});
