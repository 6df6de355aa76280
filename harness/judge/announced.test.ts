import { describe, expect, it } from 'vitest';

import { familyOf, FAMILIES, type Family } from '../../base/addresses.ts';
import type {
  AnnouncersObservation,
  Check,
  Observation,
  RespondersObservation,
} from '../../reports/record/record.ts';
import { announcedSchema } from '../scenario/announced.ts';
import { checkAnnounced } from './announced.ts';
import { control, V4, V6 } from './fake-observations.ts';

const MACS: Record<string, string> = { worker: '02:42:ac:12:00:02', worker2: '02:42:ac:12:00:03' };
const STRANGER = '02:42:ac:12:00:09';

function answered(
  address: string,
  nodes: readonly string[],
  fields: Partial<RespondersObservation> = {},
): RespondersObservation {
  return {
    kind: 'responders',
    at: 30,
    step: 'who',
    service: 'web',
    family: familyOf(address),
    address,
    asked: 'all',
    answers: nodes.map((node) => (node in MACS ? { mac: MACS[node] ?? '', node } : { mac: node })),
    ...(nodes.length > 0 ? { firstMs: 0.4 } : {}),
    waitedMs: nodes.length > 0 ? 420 : 2410,
    ...fields,
  };
}

function said(
  address: string,
  sources: Partial<Record<'client' | 'status' | 'event' | 'metric', string[]>>,
  fields: Partial<AnnouncersObservation> = {},
): AnnouncersObservation {
  return {
    kind: 'announcers',
    at: 31,
    step: 'who',
    service: 'web',
    family: familyOf(address),
    address,
    sources: (['client', 'status', 'event', 'metric'] as const).flatMap((source) => {
      const nodes = sources[source];
      return nodes ? [{ source, nodes }] : [];
    }),
    ...fields,
  };
}

/** All four name the node. */
const all = (node: string) => ({ client: [node], status: [node], event: [node], metric: [node] });

const GOOD = [
  answered(V4, ['worker']),
  said(V4, all('worker')),
  answered(V6, ['worker']),
  said(V6, all('worker')),
];

function checks(
  fields: object,
  observations: readonly Observation[],
  families: readonly Family[] = FAMILIES,
): Check[] {
  return checkAnnounced(announcedSchema.parse({ service: 'web', ...fields }), {
    step: 'who',
    observations,
    familiesOf: () => families,
  });
}

const failed = (made: readonly Check[]) =>
  made
    .filter(({ ok }) => !ok)
    .map(({ subject, expected, observed }) => `${subject}: ${expected}: ${observed}`);

describe('checkAnnounced', () => {
  it('is content with one that answers for each family, and that everybody names', () => {
    expect(checks({}, GOOD)).toEqual([
      {
        step: 'who',
        subject: 'IPv4',
        ok: true,
        expected: 'one node answers for it',
        observed: `web ${V4}: worker, after 0.4 ms`,
      },
      {
        step: 'who',
        subject: 'IPv4',
        ok: true,
        expected: 'whoever says who announces names the one that answers',
        observed: `web ${V4}: client worker, status worker, event worker, metric worker`,
      },
      expect.objectContaining({ subject: 'IPv6', ok: true }),
      expect.objectContaining({ subject: 'IPv6', ok: true }),
    ]);
  });

  it('finds a split brain, silence, and a stranger, each in its family', () => {
    const split = [...GOOD, answered(V6, ['worker', 'worker2'])];
    expect(failed(checks({}, split))[0]).toBe(
      `IPv6: one node answers for it: web ${V6}: worker and worker2, after 0.4 ms`,
    );
    expect(failed(checks({}, [...GOOD, answered(V4, [])]))[0]).toBe(
      `IPv4: one node answers for it: web ${V4}: nobody within 2410 ms`,
    );
    expect(failed(checks({}, [...GOOD, answered(V4, [STRANGER])]))[0]).toBe(
      `IPv4: one node answers for it: web ${V4}: MAC ${STRANGER}, no node's, after 0.4 ms`,
    );
  });

  it.each(['client', 'status', 'event', 'metric'] as const)(
    'finds that the %s names another node',
    (source) => {
      const other = said(V6, { ...all('worker'), [source]: ['worker2'] });
      const [failure, ...more] = failed(checks({}, [...GOOD, other]));
      expect(more).toEqual([]);
      expect(failure).toContain('IPv6: whoever says who announces names the one that answers: ');
      expect(failure).toContain(`${source} worker2`);
      expect(failed(checks({ differ: [source] }, [...GOOD, other]))).toEqual([
        `IPv4: whoever says who announces names the one that answers, except for ${source}: web ${V4}: client worker, status worker, event worker, metric worker`,
      ]);
    },
  );

  it('finds that a source names nobody, or two', () => {
    const nobody = said(V4, { ...all('worker'), status: [] });
    const two = said(V6, { ...all('worker'), metric: ['worker', 'worker2'] });
    expect(failed(checks({}, [...GOOD, nobody, two]))).toEqual([
      expect.stringContaining('status nobody'),
      expect.stringContaining('metric worker and worker2'),
    ]);
  });

  it('takes only the last round', () => {
    expect(
      failed(checks({}, [answered(V4, ['worker', 'worker2']), said(V4, all('worker2')), ...GOOD])),
    ).toEqual([]);
  });

  it('wants silence where none is to answer; an event from before says nothing then', () => {
    const silent = [V4, V6].flatMap((one) => [
      answered(one, []),
      said(one, { client: [], status: [], event: ['worker'], metric: [] }),
    ]);
    expect(failed(checks({ responders: 'none' }, silent))).toEqual([]);
    expect(failed(checks({ responders: 'none' }, GOOD))).toEqual([
      `IPv4: nobody answers for it: web ${V4}: worker, after 0.4 ms`,
      `IPv6: nobody answers for it: web ${V6}: worker, after 0.4 ms`,
    ]);
    const metric = said(V4, { client: [], status: [], metric: ['worker'] });
    expect(failed(checks({ responders: 'none' }, [...silent, metric]))).toEqual([
      `IPv4: whoever says who announces names nobody: web ${V4}: client nobody, status nobody, metric worker`,
    ]);
  });

  it('does not believe in silence where the network is silent itself', () => {
    const silent = [
      answered(V4, []),
      said(V4, { client: [] }),
      { ...control('IPv4', 'timeout'), step: 'who' },
    ];
    const own = checks({ responders: 'none', families: ['IPv4'] }, silent);
    expect(own).toMatchObject([
      {
        ok: false,
        inconclusive: true,
        observed: expect.stringContaining("a node's own IPv4 address is silent, too"),
      },
      { ok: false, inconclusive: true },
    ]);
  });

  it('knows each family for itself', () => {
    const split = [...GOOD, answered(V6, ['worker', 'worker2'])];
    expect(failed(checks({ responders: { IPv4: 'one', IPv6: 'several' } }, split))).toEqual([]);
    expect(failed(checks({ responders: { IPv4: 'one', IPv6: 'several' } }, GOOD))).toEqual([
      `IPv6: several nodes answer for it: web ${V6}: worker, after 0.4 ms`,
    ]);
  });

  it('asks for several of one of several Services', () => {
    const second = [answered(V4, ['worker', 'worker2'], { service: 'b' })];
    const fields = { service: ['web', 'b'], families: ['IPv4'], responders: 'several' };
    expect(failed(checks(fields, [...GOOD, ...second]))).toEqual([]);
    expect(failed(checks({ ...fields, responders: 'one' }, [...GOOD, ...second]))[0]).toContain(
      `b ${V4}: worker and worker2`,
    );
  });

  it('wants the question to the announcer alone answered, or not', () => {
    const direct = [
      answered(V4, ['worker'], { asked: 'one' }),
      answered(V6, [], { asked: 'one', waitedMs: 2420 }),
    ];
    const observations = [...GOOD, ...direct];
    expect(failed(checks({ directly: 'answered' }, observations))).toEqual([
      `IPv6: a question to the announcer alone is answered: web ${V6}: nobody within 2420 ms`,
    ]);
    expect(failed(checks({ directly: { IPv4: 'answered', IPv6: 'silent' } }, observations))).toEqual([]);
    expect(failed(checks({ directly: 'answered' }, GOOD))).toEqual([
      `IPv4: a question to the announcer alone is answered: web ${V4}: not asked`,
      `IPv6: a question to the announcer alone is answered: web ${V6}: not asked`,
    ]);
  });

  it('compares the announcers of the families', () => {
    expect(failed(checks({ node: 'same' }, GOOD))).toEqual([]);
    expect(failed(checks({ node: 'different' }, GOOD))).toEqual([
      'pair: a node for each family announces it: web: IPv4 worker, IPv6 worker',
    ]);
    const apart = [...GOOD, answered(V6, ['worker2']), said(V6, all('worker2'))];
    expect(failed(checks({ node: 'same' }, apart))).toEqual([
      'pair: one node announces both families: web: IPv4 worker, IPv6 worker2',
    ]);
    expect(failed(checks({ node: 'different' }, apart))).toEqual([]);
  });

  it('compares with an earlier step, and with the nodes that may be the one', () => {
    const before = [
      answered(V4, ['worker2'], { step: 'before' }),
      answered(V6, ['worker'], { step: 'before' }),
    ];
    expect(failed(checks({ moved: 'before' }, [...before, ...GOOD]))).toEqual([
      `IPv6: another node than in before answers: web ${V6}: worker, then worker`,
    ]);
    expect(failed(checks({ stays: 'before' }, [...before, ...GOOD]))).toEqual([
      `IPv4: the same node as in before answers: web ${V4}: worker2, then worker`,
    ]);
    expect(failed(checks({ on: ['worker2'] }, GOOD))).toEqual([
      `IPv4: one node of worker2 answers for it: web ${V4}: worker, after 0.4 ms`,
      `IPv6: one node of worker2 answers for it: web ${V6}: worker, after 0.4 ms`,
    ]);
    expect(failed(checks({ on: ['worker2', 'worker'] }, GOOD))).toEqual([]);
  });

  it('finds that a family has no address to ask for', () => {
    expect(failed(checks({}, GOOD.slice(0, 2)))).toEqual([
      'IPv6: one node answers for it: web has no IPv6 address',
      'IPv6: whoever says who announces names the one that answers: web has no IPv6 address',
    ]);
    expect(failed(checks({}, GOOD.slice(0, 2), ['IPv4']))).toEqual([]);
  });
});
