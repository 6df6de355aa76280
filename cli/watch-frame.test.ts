import pc from 'picocolors';
import { describe, expect, it } from 'vitest';

import type { StreamResult } from '../harness/probe/streams.ts';
import { longestOutageMs, watchFrame, watchSummary, type Watched } from './watch-frame.ts';

const colors = pc.createColors(false);

function stream(fields: Partial<StreamResult> = {}): StreamResult {
  return {
    stream: 'new',
    address: '172.18.255.1',
    port: 80,
    intervalMs: 10,
    startedAt: 0,
    sent: 1000,
    ok: 1000,
    gaps: [],
    moreGaps: 0,
    breaks: [],
    latency: { p50: 0.41, p99: 1.24, max: 9 },
    longestPauseMs: 10,
    recent: { sent: 25, ok: 25 },
    ...fields,
  };
}

const answered = (max: number) => ({ sent: 25, ok: 25, latency: { p50: 0.4, p99: max, max } });
const lost = { from: 4000, count: 100, outcome: 'timeout', until: 4990 } as const;

describe('watchFrame', () => {
  it('draws both families, their loss and latency', () => {
    const watched: Watched[] = [
      {
        family: 'IPv4',
        stream: stream(),
        history: [answered(0.9), answered(3), answered(150), answered(999)],
      },
      {
        family: 'IPv6',
        stream: stream({ address: 'fd00:1::1', ok: 900, gaps: [lost] }),
        history: [
          answered(0.9),
          { sent: 25, ok: 7, latency: answered(1).latency },
          { sent: 25, ok: 0 },
          { sent: 0, ok: 0 },
        ],
      },
    ];
    expect(watchFrame(watched, { columns: 120, at: 5200, colors })).toEqual([
      'IPv4  172.18.255.1:80  ok                  lost 0.00 %  p50 0.4 ms  p99 1.2 ms  longest outage 0 ms',
      '      ▁▃▆▇',
      'IPv6  [fd00:1::1]:80   timeout for 1.2 s   lost 10.00 %  p50 0.4 ms  p99 1.2 ms  longest outage 1.2 s',
      '      ▁!✗ ',
    ]);
  });

  it('keeps the newest of what does not fit', () => {
    const history = [answered(999), answered(0.5), answered(0.5)];
    const [, strip] = watchFrame([{ family: 'IPv4', stream: stream(), history }], {
      columns: 9,
      at: 0,
      colors,
    });
    expect(strip).toBe('      ▁▁');
  });

  it('leaves figures out where the terminal is narrow', () => {
    const [line] = watchFrame([{ family: 'IPv4', stream: stream(), history: [] }], {
      columns: 60,
      at: 0,
      colors,
    });
    expect(line).toBe('IPv4  172.18.255.1:80  ok                  lost 0.00 %');
  });

  it('says so while nothing has answered yet', () => {
    const { latency: _latency, ...silent } = stream({ sent: 0, ok: 0 });
    const [line] = watchFrame([{ family: 'IPv4', stream: silent, history: [] }], {
      columns: 80,
      at: 0,
      colors,
    });
    expect(line).toBe('IPv4  172.18.255.1:80  no answer yet       lost 0.00 %  longest outage 0 ms');
  });
});

it('the longest outage is the longest of them, and one that is not over lasts until now', () => {
  expect(longestOutageMs({ gaps: [] }, 9000)).toBe(0);
  expect(
    longestOutageMs(
      {
        gaps: [
          { ...lost, to: 4100 },
          { ...lost, to: 4300 },
        ],
      },
      9000,
    ),
  ).toBe(300);
  expect(longestOutageMs({ gaps: [{ ...lost, to: 4100 }, lost] }, 9000)).toBe(5000);
});

it('the summary is one line', () => {
  expect(watchSummary('IPv4', stream({ ok: 990, gaps: [{ ...lost, to: 4100 }] }), 9000)).toBe(
    'IPv4 172.18.255.1:80: 990 of 1000 answered, lost 1.00 %, p50 0.4 ms, p99 1.2 ms, longest outage 100 ms, 1 outage',
  );
});
