import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from './fixtures.ts';
import { nextSteps } from './next-steps.ts';

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
    expect(nextSteps(scenario, { run: runWith([scenario], { implementation }), files: undefined })).toEqual([
      ['again', `dualvip run ${asked} -t c2`],
      ['release', `dualvip run ${asked} --against 0.16.1 -t c2`],
    ]);
  });

  it('ends a deviation before a release, not before a build', () => {
    const scenario = scenarioWith('unexpected-pass', { id: 'c2' });
    const steps = nextSteps(scenario, { run: runWith([scenario], { implementation }), files: undefined });
    expect(new Map(steps).get('if fixed')).toMatch(
      /^end its versions \(.*\) before the release that has this in clusters\/implementations\/metallb\/deviations\.yaml$/,
    );
  });
});
