import { expect, it } from 'vitest';

import { eventObserved } from '../fixtures.ts';
import type { Observation, StreamObservation } from '../record/record.ts';
import { failoversOf } from '../record/outages.ts';
import { failoverCharts } from './failover-chart.ts';

function stream(fields: Partial<StreamObservation>): StreamObservation {
  return {
    kind: 'stream',
    at: 0,
    endedAt: 10_000,
    step: 'watched',
    service: 'web-frontend',
    family: 'IPv4',
    address: '172.18.255.1',
    port: 80,
    stream: 'new',
    intervalMs: 10,
    sent: 1000,
    ok: 900,
    gaps: [],
    ...fields,
  };
}

const lost = { from: 1100, to: 3100, count: 200, outcome: 'timeout', after: 1090, until: 3090 } as const;
const observations: Observation[] = [
  {
    kind: 'window',
    at: 1000,
    endedAt: 9000,
    step: 'failover',
    of: 'watched',
    after: 'node-dies',
    cause: 'the node <b>',
    heals: false,
  },
  eventObserved({ at: 2500, reason: 'nodeAssigned', message: 'announcing from node "worker2"' }),
  stream({ gaps: [lost] }),
  stream({
    stream: 'held',
    gaps: [{ from: 1100, count: 9, outcome: 'reset', until: 9900 }],
    breaks: [{ at: 1200, outcome: 'reset' }],
  }),
  stream({ stream: 'control', address: '172.18.0.9' }),
];

it('draws gaps with how sure their ends are, and what was seen on the way', () => {
  const [failover] = failoversOf(observations);
  const charts = failover ? failoverCharts(failover, observations) : [];
  expect(charts).toHaveLength(1);
  const text = charts[0]?.text ?? '';
  expect(text).toContain('<title>no answer from 100 to 2,100 ms: 200 failed, timeout</title>');
  expect(text).toContain('<title>no answer from 100 to the end: 9 failed, reset</title>');
  expect(text).toContain('<title>ended after 200 ms: reset</title>');
  expect(text).toContain('the node &lt;b&gt; · 0 ms');
  expect(text).toContain('elected worker2 · 1,500 ms');
  expect(text).toContain('answered again · 2,100 ms');
  expect(text).toContain(
    'aria-label="IPv4 172.18.255.1 after node-dies: 2000 ms ±10 ms (lost after 100 ms, elected after 1500 ms, answered after 2100 ms, held connection ended (reset))"',
  );
  expect(text.match(/class="error"/g)).toHaveLength(9);
});
