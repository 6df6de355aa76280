import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { annotations, withoutCommands } from './annotations.ts';
import { hostileRun } from './hostile.ts';
import { stepLines } from './scenario-places.ts';

const nowhere = () => undefined;

describe('annotations', () => {
  it('are at the step that is not as claimed', () => {
    const [line] = annotations(runWith([scenarioWith('fail')]), (scenario, step) => ({
      file: `scenarios/${scenario}/scenario.yaml`,
      line: step === 'assigned' ? 18 : 1,
    }));
    expect(line).toBe(
      '::error file=scenarios/c6-separate-pools-are-served/scenario.yaml,line=18,' +
        'title=c6-separate-pools-are-served%3A fail::' +
        'assigned, IPv6 of dualvip-20261123-014500-k3f9/web-frontend: ' +
        'expected an IPv6 address of ipv6-pool, observed no IPv6 address (and 1 more)',
    );
  });

  it('are of what is not as known alone', () => {
    expect(annotations(runWith(), nowhere).map((line) => /title=([\w-]+)/.exec(line)?.[1])).toEqual([
      'c6-separate-pools-are-served',
      'c4-separate-pools',
      'c8-no-advertisement',
      'c11-first-and-last',
      'issue-1339-ipv4-only',
    ]);
  });

  it('begin with why the run did not end', () => {
    expect(annotations(runWith([], { interrupted: 'SIGINT' }), nowhere)).toEqual([
      '::error title=the run did not end::SIGINT',
    ]);
  });

  it('are ten at most, and the last names the others', () => {
    const scenarios = Array.from({ length: 12 }, (_, index) => scenarioWith('fail', { id: `s${index}` }));
    const lines = annotations(runWith(scenarios), nowhere);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('::error title=3 more::not as known: s9, s10, s11');
  });

  it('are one line each, and one command, whatever the record says', () => {
    for (const line of annotations(hostileRun(), nowhere)) {
      expect(line).toMatch(/^::error title=[^\n\r,:]*::[^\n\r]*$/);
      // oxlint-disable-next-line no-control-regex
      expect(line).not.toMatch(/[\u0000-\u001F]/);
    }
  });
});

describe('withoutCommands', () => {
  it('has GitHub take nothing in a text for a command', () => {
    expect(withoutCommands('::error::x', 'token')).toBe('::stop-commands::token\n::error::x\n::token::');
  });
});

describe('stepLines', () => {
  it('are where the steps are written', () => {
    const text = 'id: a\nsteps:\n  - id: one\n    apply: [a.yaml]\n  # two\n  - expect: {}\n    id: two\n';
    expect([...stepLines(text)]).toEqual([
      ['one', 3],
      ['two', 7],
    ]);
  });

  it.each(['', 'steps: 1', 'steps: [1, {id: 2}]', '}{'])('are none of %j', (text) => {
    expect(stepLines(text).size).toBe(0);
  });
});
