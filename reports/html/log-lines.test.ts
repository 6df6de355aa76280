import { describe, expect, it } from 'vitest';

import { logLine } from './log-lines.ts';

const at = (iso: string) => Date.parse(iso);
const span = { from: at('2026-11-25T19:00:00Z'), to: at('2026-11-25T21:00:00Z') };

describe('logLine', () => {
  it.each([
    [
      'of MetalLB',
      '{"caller":"main.go:1","event":"ipAllocated","ip":["10.0.0.1"],"level":"info","msg":"assigned","ts":"2026-11-25T20:52:50Z"}',
      {
        time: at('2026-11-25T20:52:50Z'),
        precisionMs: 1000,
        text: 'assigned event=ipAllocated ip=["10.0.0.1"]',
        alarming: false,
      },
    ],
    [
      'of a warning, without a stack trace',
      '{"level":"error","ts":"2026-11-25T20:52:50.5Z","msg":"no","stacktrace":"a\\nb"}',
      { time: at('2026-11-25T20:52:50.500Z'), precisionMs: 1, text: 'no', alarming: true },
    ],
    [
      'that is no JSON any more',
      '{"level":"info","ts":"2026-11-25T20:52:50Z","msg":"cut',
      {
        time: at('2026-11-25T20:52:50Z'),
        precisionMs: 1000,
        text: '{"level":"info","ts":"2026-11-25T20:52:50Z","msg":"cut',
        alarming: false,
      },
    ],
    [
      'of FRR',
      '2026/11/25 19:35:30.687 ZEBRA: [VTVCM-Y2NW3] it failed',
      {
        time: at('2026-11-25T19:35:30.687Z'),
        precisionMs: 1,
        text: 'ZEBRA: [VTVCM-Y2NW3] it failed',
        alarming: true,
      },
    ],
    [
      'of klog',
      'I1125 20:52:50.123456       1 leader.go:7] leading',
      { time: at('2026-11-25T20:52:50.123Z'), precisionMs: 1, text: 'leader.go:7] leading', alarming: false },
    ],
    [
      'of Cilium',
      'time="2026-11-25T20:52:50Z" level=warning msg="no pool"',
      {
        time: at('2026-11-25T20:52:50Z'),
        precisionMs: 1000,
        text: 'level=warning msg="no pool"',
        alarming: true,
      },
    ],
  ])('reads a line %s', (_, line, expected) => {
    expect(logLine(line, span)).toEqual(expected);
  });

  it.each(['', '\tat main.go:7', '{"a":1}', '{', '2026-13-45T99:00:00Z x', 'could not be taken: a timeout'])(
    'leaves out %j, which has no time',
    (line) => {
      expect(logLine(line, span)).toBeUndefined();
    },
  );

  it('leaves out what was written before and after', () => {
    const line = '{"level":"info","ts":"2026-11-25T20:52:50Z","msg":"x"}';
    const time = at('2026-11-25T20:52:50Z');
    expect(logLine(line, { from: time, to: time })?.text).toBe('x');
    expect(logLine(line, { from: time + 1, to: time + 9 })).toBeUndefined();
    expect(logLine('2026/11/25 20:52:50 ZEBRA: x', { from: time - 9, to: time - 1 })).toBeUndefined();
  });
});
