import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from './fixtures.ts';
import { nextSteps } from './next-steps.ts';

function steps(command: string[], id = 'c6-separate-pools-are-served'): Record<string, string> {
  const scenario = scenarioWith('fail', { id });
  return Object.fromEntries(nextSteps(scenario, { run: runWith([scenario], { command }) }));
}

describe('the next steps', () => {
  it('are commands as the README has them', () => {
    expect(steps(['run'])).toMatchObject({
      again:
        'npx dualvip run --topology dual --implementation metallb@0.15.2 -t c6-separate-pools-are-served',
      reproduce: 'npx dualvip reproduce 20261123-014500-k3f9#c6-separate-pools-are-served',
    });
  });

  it.each([
    ['--reports', 'elsewhere'],
    ['--reports=here', '--reports=elsewhere'],
  ])('name the folder of the run’s own command: %s', (...flags) => {
    expect(steps(['run', ...flags])['reproduce']).toBe(
      'npx dualvip reproduce 20261123-014500-k3f9#c6-separate-pools-are-served --reports elsewhere',
    );
  });

  it('of a merged run name the folder that it was merged into', () => {
    expect(steps(['report', 'merge', 'a', 'b', '-o', 'out/whole'])['reproduce']).toContain('--reports out');
  });

  it('name no folder that is looked in anyway', () => {
    const command = ['report', 'merge', 'a', 'b', '--reports', 'x', '-o', 'reports/runs/whole'];
    expect(steps(command)['reproduce']).not.toContain('--reports');
  });

  it('keep scenarios of one’s own', () => {
    expect(steps(['run', '--scenarios', 'my scenarios'])['again']).toContain("--scenarios 'my scenarios' -t");
  });

  it('leave nothing to a shell of what an id says', () => {
    expect(steps(['run'], "a'; $(reboot)")['reproduce']).toBe(
      String.raw`npx dualvip reproduce '20261123-014500-k3f9#a'\''; $(reboot)'`,
    );
  });

  it('say of a flaky one how often', () => {
    const scenario = scenarioWith('flaky');
    expect(nextSteps(scenario, { run: runWith([scenario]) }).at(-1)).toEqual([
      'how often',
      'npx dualvip run --topology dual --implementation metallb@0.15.2 -t c11-first-and-last --repeat 20',
    ]);
  });
});

const implementation = {
  name: 'metallb',
  version: '0.16.1+own.9c4630953b5b',
  mode: 'native',
  build: { tree: '9c46', release: { version: '0.16.1', by: 'the nearest tag in its git' } },
};
const asked = '--topology dual --implementation metallb@0.16.1+own.9c4630953b5b';

/** What is red of a build of one's own is no known deviation of anything. */
describe('nextSteps of a checkout', () => {
  it('asks whether the release does it, too', () => {
    const scenario = scenarioWith('fail', { id: 'c2' });
    expect(nextSteps(scenario, { run: runWith([scenario], { implementation }) })).toEqual([
      ['again', `npx dualvip run ${asked} -t c2`],
      ['reproduce', 'npx dualvip reproduce 20261123-014500-k3f9#c2'],
      ['release', `npx dualvip run ${asked} -t c2 --against 0.16.1`],
    ]);
  });

  it('ends a deviation before a release, not before a build', () => {
    const scenario = scenarioWith('unexpected-pass', { id: 'c2' });
    const next = nextSteps(scenario, { run: runWith([scenario], { implementation }) });
    expect(new Map(next).get('if fixed')).toMatch(
      /^end its versions \(.*\) before the release that has this in clusters\/implementations\/metallb\/deviations\.yaml$/,
    );
  });
});
