import { describe, expect, it } from 'vitest';

import { FAMILIES, type Family } from '../../base/addresses.ts';
import type { ControlObservation, ProbeObservation } from '../../reports/record/record.ts';
import { probeSchema } from '../scenario/expectation.ts';
import { attempt, control, noAddress, silence, V4, V6 } from './fake-observations.ts';
import { checkProbe } from './probe.ts';

interface Seen {
  probes?: ProbeObservation[];
  controls?: ControlObservation[];
  backends?: string[];
  serviceFamilies?: Family[];
}

/** The checks of what a scenario would write under `probe`, each as a line. */
function check(wanted: object, seen: Seen): string[] {
  const probe = probeSchema.parse({ service: 'web', port: 80, ...wanted });
  const checks = checkProbe(probe, {
    step: 'reach',
    serviceFamilies: [...FAMILIES],
    probes: [],
    controls: [],
    backends: [],
    ...seen,
  });
  expect(checks.every(({ step }) => step === 'reach')).toBe(true);
  return checks.map(({ ok, inconclusive, subject, expected, observed }) => {
    expect(ok && inconclusive).toBeFalsy();
    return `${ok ? 'ok' : inconclusive ? 'INCONCLUSIVE' : 'NOT'} ${subject}: ${expected} | ${observed}`;
  });
}

const only4 = (expected: string) => ({ expect: { IPv4: expected } });

const from = (sourceOf: NonNullable<ProbeObservation['sourceOf']>, source: string) => ({
  ...attempt(V4),
  sourceOf,
  source,
});

describe('checkProbe', () => {
  it('is about each family of the Service on its own', () => {
    expect(check({ expect: 'reachable' }, { probes: [attempt(V4), silence(V6)] })).toEqual([
      `ok IPv4: reachable on http/80 | ${V4} ok (HTTP 200) after 1.3 ms, backend web-1`,
      `NOT IPv6: reachable on http/80 | ${V6} timeout (ETIMEDOUT) after 4000.0 ms`,
    ]);
  });

  it('probes the families that are named, else those of the Service', () => {
    const seen = { probes: [attempt(V4), attempt(V6)], serviceFamilies: ['IPv6' as const] };
    const families = (wanted: object) => check(wanted, seen).map((line) => line.split(':')[0]);
    expect(families({ expect: 'reachable' })).toEqual(['ok IPv6']);
    expect(families({ expect: 'reachable', families: ['IPv4'] })).toEqual(['ok IPv4']);
    expect(families({ expect: { IPv6: 'reachable', IPv4: 'unreachable' } })).toEqual(['NOT IPv4', 'ok IPv6']);
  });

  it('is about the source address that the backend sees, where that is asked', () => {
    const wanted = { ...only4('reachable'), source: 'client' };
    const expected = "reachable on http/80, with the client's own address as its source";
    const seen = `${V4} ok (HTTP 200) after 1.3 ms, backend web-1`;
    expect(check(wanted, { probes: [from('client', '192.0.2.9')] })).toEqual([
      `ok IPv4: ${expected} | ${seen}, seen as 192.0.2.9, the client's own address`,
    ]);
    expect(check(wanted, { probes: [from('cluster', '10.244.1.1')] })).toEqual([
      `NOT IPv4: ${expected} | ${seen}, seen as 10.244.1.1, the cluster's address`,
    ]);
    expect(check({ ...wanted, source: 'cluster' }, { probes: [from('other', '192.0.2.1')] })).toEqual([
      `NOT IPv4: reachable on http/80, with the cluster's address as its source | ${seen}, seen as 192.0.2.1, an address that is not known`,
    ]);
    expect(check(wanted, { probes: [attempt(V4)] })).toEqual([`NOT IPv4: ${expected} | ${seen}`]);
  });

  it('wants every byte of a payload back', () => {
    const wanted = { ...only4('reachable'), payload: 1447 };
    const expected = 'reachable on http/80, with 1447 bytes there and back';
    const seen = `${V4} ok (HTTP 200) after 1.3 ms, backend web-1`;
    expect(check(wanted, { probes: [{ ...attempt(V4), echoed: 1447 }] })).toEqual([
      `ok IPv4: ${expected} | ${seen}, 1447 bytes back`,
    ]);
    expect(check(wanted, { probes: [{ ...attempt(V4), echoed: 1280 }] })).toEqual([
      `NOT IPv4: ${expected} | ${seen}, 1280 bytes back`,
    ]);
    expect(check(wanted, { probes: [attempt(V4)] })).toEqual([`NOT IPv4: ${expected} | ${seen}`]);
  });

  it('tells that a family was not probed at all', () => {
    expect(check(only4('reachable'), { probes: [attempt(V6)] })).toEqual([
      'NOT IPv4: reachable on http/80 | not probed',
    ]);
  });

  it.each([
    ['ok', { outcome: 'ok' }, ['reachable']],
    ['a redirect', { outcome: 'ok', status: 302 }, ['reachable']],
    ['a page that is not there', { outcome: 'ok', status: 404 }, []],
    ['an error of the backend', { outcome: 'ok', status: 503 }, []],
    ['timeout', { outcome: 'timeout' }, ['unreachable']],
    ['unreachable', { outcome: 'unreachable' }, ['unreachable']],
    // Somebody answered, so somebody announces the address: neither the one nor the other.
    ['refused', { outcome: 'refused' }, []],
    ['reset', { outcome: 'reset' }, []],
    ['no address', { outcome: 'no-address' }, ['no-address']],
  ] as const)('%s', (_, fields, fitting) => {
    const probes = [{ ...attempt(V4), ...fields }];
    const fits = ['reachable', 'unreachable', 'no-address'].filter((outcome) =>
      check(only4(outcome), { probes }).every((line) => line.startsWith('ok ')),
    );
    expect(fits).toEqual(fitting);
  });

  it('takes a connection and a datagram, which have no status, for an answer', () => {
    for (const protocol of ['tcp', 'udp'] as const) {
      const { status: _status, backend: _backend, ...rest } = attempt(V6, { protocol, detail: 'connected' });
      expect(check({ expect: { IPv6: 'reachable' }, protocol }, { probes: [rest] })).toEqual([
        `ok IPv6: reachable on ${protocol}/80 | ${V6} ok (connected) after 1.3 ms`,
      ]);
    }
  });

  it('tells of a family without an address', () => {
    expect(check({ expect: 'reachable' }, { probes: [attempt(V4), noAddress('IPv6')] })[1]).toBe(
      'NOT IPv6: reachable on http/80 | no address',
    );
    expect(check(only4('no-address'), { probes: [attempt(V4)] })).toEqual([
      `NOT IPv4: no address to probe | ${V4} ok (HTTP 200) after 1.3 ms, backend web-1`,
    ]);
  });

  it('wants every address of a family to be as expected, and tells of one that is not', () => {
    const another = '172.18.255.241';
    const line = `NOT IPv4: reachable on http/80 | ${V4} timeout (ETIMEDOUT) after 4000.0 ms`;
    expect(check(only4('reachable'), { probes: [silence(V4), attempt(another)] })).toEqual([line]);
    expect(check(only4('reachable'), { probes: [attempt(another), silence(V4)] })).toEqual([line]);
    expect(check(only4('reachable'), { probes: [attempt(V4), attempt(another)] })[0]).toMatch(/^ok IPv4/);
  });

  it('tells who announces', () => {
    const mac = '02:42:ac:12:00:03';
    const probes = [attempt(V4, { mac, announcer: 'dualvip-worker' }), attempt(V6, { mac })];
    expect(check({ expect: 'reachable' }, { probes })).toEqual([
      `ok IPv4: reachable on http/80 | ${V4} ok (HTTP 200) after 1.3 ms, backend web-1, announced by dualvip-worker`,
      `ok IPv6: reachable on http/80 | ${V6} ok (HTTP 200) after 1.3 ms, backend web-1, announced by MAC ${mac}, no node's`,
    ]);
  });
});

describe('backends', () => {
  const wanted = { expect: { IPv4: 'reachable' }, backends: true };
  const expected = 'reachable on http/80 from a backend of the Service';
  const answer = `${V4} ok (HTTP 200) after 1.3 ms, backend web-1`;

  it.each([
    [['web-1', 'web-2'], `ok IPv4: ${expected} | ${answer}`],
    [['web-2'], `NOT IPv4: ${expected} | ${answer}, which is none of web-2`],
    [[], `NOT IPv4: ${expected} | ${answer}, which is none of no backend`],
  ])('%j', (backends, line) => {
    expect(check(wanted, { probes: [attempt(V4)], backends })).toEqual([line]);
  });

  it('do not let an answer without a name pass', () => {
    const { backend: _backend, ...nameless } = attempt(V4);
    expect(check(wanted, { probes: [nameless], backends: ['web-1'] })[0]).toMatch(/^NOT IPv4/);
  });

  it('are not asked of a family that must not answer', () => {
    const mixed = { expect: { IPv4: 'reachable', IPv6: 'unreachable' }, backends: true };
    expect(check(mixed, { probes: [attempt(V4), silence(V6)], backends: ['web-1'] })).toEqual([
      `ok IPv4: ${expected} | ${answer}`,
      `ok IPv6: unreachable on http/80 | ${V6} timeout (ETIMEDOUT) after 4000.0 ms`,
    ]);
  });
});

describe('announced', () => {
  const wanted = { expect: { IPv4: 'reachable' }, announced: true };
  const expected = 'reachable on http/80, announced by a node';
  const answer = `${V4} ok (HTTP 200) after 1.3 ms, backend web-1`;

  it('takes the MAC address of a node in the neighbour table', () => {
    const probes = [attempt(V4, { mac: '02:42:ac:12:00:03', announcer: 'demo-worker' })];
    expect(check(wanted, { probes })).toEqual([`ok IPv4: ${expected} | ${answer}, announced by demo-worker`]);
  });

  it('does not take an answer without one, nor that of a stranger', () => {
    const { mac: _mac, announcer: _announcer, ...unannounced } = attempt(V4);
    const stranger = { ...unannounced, mac: '02:42:00:00:00:01' };
    for (const probes of [[unannounced], [stranger]]) {
      expect(check(wanted, { probes })[0]).toMatch(/^NOT IPv4/);
    }
  });
});

describe('the control', () => {
  it.each([
    ['failed too', [control('IPv4', 'timeout')], 'INCONCLUSIVE'],
    ['failed in the end', [control('IPv4', 'ok'), control('IPv4', 'unreachable')], 'INCONCLUSIVE'],
    ['answered', [control('IPv4', 'ok')], 'NOT'],
    ['answered in the end', [control('IPv4', 'timeout'), control('IPv4', 'ok')], 'NOT'],
    ['of the other family failed', [control('IPv6', 'timeout')], 'NOT'],
    ['was not asked', [], 'NOT'],
  ])('%s', (_, controls, outcome) => {
    const [line] = check(only4('reachable'), { probes: [silence(V4)], controls });
    const node = outcome === 'INCONCLUSIVE' ? `; so is the node ${controls.at(-1)?.address}` : '';
    const start = `${outcome} IPv4: reachable on http/80 | ${V4} timeout (ETIMEDOUT) after 4000.0 ms${node}`;
    expect(line?.startsWith(start)).toBe(true);
  });

  it.each([
    ['reachable', attempt(V4), 'ok'],
    ['reachable', attempt(V4, { outcome: 'refused' }), 'NOT'],
    ['reachable', attempt(V4, { status: 503 }), 'NOT'],
    ['unreachable', attempt(V4), 'NOT'],
    // Silence that is wanted is believed only where a node is heard.
    ['unreachable', silence(V4), 'INCONCLUSIVE'],
    // The address is there: that refutes the claim, whatever the network does.
    ['no-address', silence(V4), 'NOT'],
  ])('is about silence only: %s', (expected, seen, outcome) => {
    const [line] = check(only4(expected), { probes: [seen], controls: [control('IPv4', 'timeout')] });
    expect(line?.split(' ')[0]).toBe(outcome);
  });
});
