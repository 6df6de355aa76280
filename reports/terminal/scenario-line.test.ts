import { describe, expect, it } from 'vitest';

import { scenarioWith } from '../fixtures.ts';
import { VERDICTS } from '../record/record.ts';
import { renderScenarioLine } from './scenario-line.ts';

describe('renderScenarioLine', () => {
  it('is one line for each verdict', () => {
    const lines = VERDICTS.map((verdict) =>
      renderScenarioLine(scenarioWith(verdict), { colors: false, idWidth: 28 }),
    );
    expect(lines).toEqual([
      '✓ c2-dual-pool                  IPv4 pass  IPv6 pass  pair pass  2.1 s',
      '~ c2-separate-pools             IPv4 pass  IPv6 expected-fail  pair expected-fail  2.1 s',
      '✗ c6-separate-pools-are-served  IPv4 pass  IPv6 fail  pair fail  2.1 s',
      '+ c4-separate-pools             IPv4 unexpected-pass  IPv6 unexpected-pass  pair unexpected-pass  2.1 s',
      '? c8-no-advertisement           IPv4 pass  IPv6 inconclusive  pair inconclusive  attempt 2  2.1 s',
      '≈ c11-first-and-last            IPv4 pass  IPv6 flaky  pair flaky  1 of 2 green (95 % interval 9.5 to 90.5 %)  2.1 s',
      '- bgp-both-families             IPv4 unsupported  IPv6 unsupported  pair unsupported  0 ms',
      '! issue-1339-ipv4-only          IPv4 error  IPv6 error  pair error  2.1 s',
    ]);
  });

  it('is coloured by verdict', () => {
    expect(renderScenarioLine(scenarioWith('fail'), { colors: true })).toBe(
      '\u001B[31m✗\u001B[39m c6-separate-pools-are-served  IPv4 \u001B[32mpass\u001B[39m' +
        '  IPv6 \u001B[31mfail\u001B[39m  pair \u001B[31mfail\u001B[39m  \u001B[2m2.1 s\u001B[22m',
    );
  });

  it('stays one line for an id that holds several', () => {
    const line = renderScenarioLine(scenarioWith('pass', { id: 'a\n\u001B[31mb' }), { colors: false });
    expect(line).toBe(String.raw`✓ a\n\x1b[31mb  IPv4 pass  IPv6 pass  pair pass  2.1 s`);
  });
});
