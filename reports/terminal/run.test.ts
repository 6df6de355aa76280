import { stripVTControlCharacters } from 'node:util';

import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { eventObserved, probeObserved, runWith, scenarioWith, serviceObserved } from '../fixtures.ts';
import { VERDICTS, type RunRecord } from '../record/record.ts';
import { renderRun } from './run.ts';

const everyVerdict = runWith();
const green = runWith(
  [scenarioWith('pass'), scenarioWith('expected-fail'), scenarioWith('unsupported', { claim: 'C10' })],
  { exitCode: 0 },
);

function plain(record: RunRecord, columns?: number): string {
  return renderRun(record, { colors: false, columns });
}

describe('renderRun', () => {
  it('tells a run with every verdict, without a width', async () => {
    await expect(plain(everyVerdict)).toMatchFileSnapshot('golden/every-verdict.txt');
  });

  it.each([120, 100, 80])('fits %i columns', async (columns) => {
    const text = plain(everyVerdict, columns);
    await expect(text).toMatchFileSnapshot(`golden/every-verdict-${columns}.txt`);
    const tooWide = text.split('\n').filter((line) => line.length > columns);
    // Paths and what is to be copied are not broken.
    expect(tooWide.filter((line) => !/\S{50}/.test(line))).toEqual([]);
  });

  it('is short when nothing differs from what is known', () => {
    expect(plain(green)).toMatchInlineSnapshot(`
      "dualvip 0.1.0 · metallb 0.15.2 (native) · Kubernetes 1.34.2 · cluster dual (dual), 3 nodes, IPv4 172.18.0.0/16, IPv6 fc00:f853:ccd:e793::/64

         CLAIM        SCENARIO           IPv4         IPv6           PAIR           ASSIGNED v4     v6   TIME
      ✓  C2 holds     c2-dual-pool       pass         pass           pass                 84 ms  84 ms  2.1 s
      ~  C2 refuted   c2-separate-pools  pass         expected-fail  expected-fail        67 ms   none  2.1 s
         refuted as known: all addresses of a Service come from one pool, so the second family gets none [1][2]
      -  C10 not run  bgp-both-families  unsupported  unsupported    unsupported                         0 ms
         metallb does not claim bgp
         none: no address of that family was assigned, although the Service asked for it
         [1] https://github.com/metallb/metallb/issues/1156
         [2] https://github.com/metallb/metallb/issues/1757

      ✓ 1 pass           as claimed
      ~ 1 expected-fail  refuted as known: not as claimed, and exactly as the known deviation says
      - 1 unsupported    not run: the implementation does not claim the feature
      3 scenarios in 31.9 s: nothing differs from what is known of metallb 0.15.2 (native).

      harness's own   p50 725 p95 725 ms a scenario · memory 181 MB at most
      API server's    p50 402 p95 402 ms a scenario

      report  reports/runs/20261123-014500-k3f9/report.html
      record  reports/runs/20261123-014500-k3f9/run.json
      JUnit   reports/runs/20261123-014500-k3f9/junit.xml
      "
    `);
  });

  it('has the same text in colours', () => {
    const colored = renderRun(everyVerdict, { colors: true, columns: 100 });
    expect(colored).not.toBe(plain(everyVerdict, 100));
    expect(stripVTControlCharacters(colored)).toBe(plain(everyVerdict, 100));
  });

  it('colours the sum by the exit code', () => {
    expect(sumOf(green)).toBe(
      '\u001B[32m3 scenarios in 31.9 s: nothing differs from what is known of metallb 0.15.2 (native).\u001B[39m',
    );
    expect(sumOf(everyVerdict)).toBe(
      '\u001B[31m8 scenarios in 31.9 s: 3 differ from what is known of metallb 0.15.2 (native), and 2 could not be judged.\u001B[39m',
    );
  });

  it('says why a run did not end, and where its folder is', () => {
    const text = renderRun(runWith([], { interrupted: 'SIGINT', exitCode: 2 }), {
      colors: false,
      folder: '/r/1',
    });
    expect(text.split('\n').slice(-7)).toEqual([
      '0 scenarios in 31.9 s: nothing differs from what is known of metallb 0.15.2 (native).',
      'The run did not end: SIGINT',
      '',
      'report  /r/1/report.html',
      'record  /r/1/run.json',
      'JUnit   /r/1/junit.xml',
      '',
    ]);
  });

  it('tells in full of every verdict that is not as known, and of no other', () => {
    const full = VERDICTS.filter((verdict) =>
      /\n {4}again +npx dualvip run /.test(plain(runWith([scenarioWith(verdict)]))),
    );
    expect(full).toEqual(['fail', 'unexpected-pass', 'inconclusive', 'flaky', 'error']);
  });

  it('lets no text of others reach the terminal as a command, nor forge a line', () => {
    const forge = '\u001B[2J\r\n✓ C2 holds  c2-dual-pool\u009B0m';
    const text = plain(hostile(forge));
    expect(text.split('\n').filter((line) => line.startsWith('✓ C2'))).toEqual([]);
    expect(text).toContain(String.raw`Warning \x1b[2J\r\n✓ C2 holds  c2-dual-pool\x9b0m`);
  });

  it('holds no control character but its newlines, whatever the record says', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(plain(hostile(text)).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
      { numRuns: 50 },
    );
  }, 60_000);
});

/** The line with the sum, in colours. */
function sumOf(record: RunRecord): string | undefined {
  return renderRun(record, { colors: true })
    .split('\n')
    .find((line) => line.includes('scenarios in'));
}

/** A record with the text wherever others than us could put one. */
function hostile(text: string): RunRecord {
  const check = { step: text, subject: 'IPv6', ok: false, expected: text, observed: text } as const;
  return runWith([
    scenarioWith('fail', {
      id: text,
      title: text,
      claim: text,
      reason: text,
      deviation: { summary: text, versions: text, upstream: [text] },
      checks: [check],
      deviationChecks: [check],
      evidence: [text],
      observations: [
        eventObserved({ at: 1001, type: 'Warning', reason: text, message: text, source: text }),
        probeObserved({ at: 1002, backend: text, source: text, detail: text, announcer: text }),
      ],
    }),
  ]);
}

it('says of a refutation that nobody has reported it', () => {
  const deviation = { summary: 'IPv4 comes first', versions: '*', upstream: [] };
  const text = plain(runWith([scenarioWith('expected-fail', { deviation })]));
  expect(text).toContain('   refuted as known: IPv4 comes first (not reported upstream yet)\n');
});

it.each([
  ['expected-fail', 'refuted as known, by chance: who waited comes first [1]'],
  ['pass', 'as claimed this time, and by chance not: who waited comes first [1]'],
] as const)('says of %s that it is by chance', (verdict, line) => {
  const upstream = ['https://example.com/1'];
  const deviation = { summary: 'who waited comes first', versions: '*', upstream, chance: true };
  const text = plain(runWith([scenarioWith(verdict, { deviation })]));
  expect(text).toContain(`   ${line}\n`);
  expect(text).toContain('   [1] https://example.com/1\n');
});

describe('a claim that holds without an address', () => {
  const pending = runWith([
    scenarioWith('pass', {
      id: 'c5-ipv4-only-pool',
      claim: 'C5',
      observations: [serviceObserved({ at: 1 })],
    }),
  ]);

  it('is told from one that holds with two', () => {
    const lines = plain(pending).split('\n');
    expect(lines.find((line) => line.includes('c5-ipv4-only-pool'))).toMatch(/pass +pass +pass +none +none/);
    expect(lines).toContain(
      '   none: no address of that family was assigned, although the Service asked for it',
    );
  });

  it('needs no legend where the column has no place', () => {
    expect(plain(pending, 60)).not.toContain('none');
  });
});
