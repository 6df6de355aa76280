import { Option, type Command } from 'commander';

import { LANES } from '../harness/run/lanes.ts';
import { NUDGES, type Nudges } from '../harness/run/nudges.ts';

import { wholeNumber } from './cluster-options.ts';

export const KEEPS = ['always', 'on-failure'] as const;
export type Keep = (typeof KEEPS)[number];

export const RUNS_FOLDER = 'reports/runs';

/** The flags that say which scenarios run and how often, the same for `run` and `matrix`. */
export interface ScenarioFlags {
  testNamePattern?: string;
  all: boolean;
  nudges?: Nudges;
  capture?: boolean;
  unclaimed?: boolean;
  lanes?: number;
  retry?: number;
  bail?: number;
  repeat?: number;
  untilFail?: number;
  scenarios?: string;
  reports: string;
}

/** `--keep`, `--keep always` or `--keep on-failure`. */
export function keepOption(): Option {
  return new Option('--keep [when]', 'keep the cluster that was made for the run: always, or on-failure')
    .choices(KEEPS)
    .preset('always');
}

export function againstOption(): Option {
  return new Option(
    '--against <version>',
    'a released version, which the same cluster runs before the checkout, to compare the verdicts with',
  );
}

/** Repeats of one scenario: an interval of half a percent, and a night. */
const MOST = 1000;

export function addScenarioOptions(command: Command): Command {
  return command
    .option('--all', 'the whole catalogue, and --nudges all; without it the core of it', false)
    .addOption(
      new Option('--nudges <which>', 'what is done to see that addresses stay; default: light').choices(
        NUDGES,
      ),
    )
    .option('--capture', 'keep the capture of every scenario, not only of those that are not as known', false)
    .option('--unclaimed', 'run also what the implementation does not claim: that it passes is news', false)
    .option(
      '--lanes <n>',
      `how many scenarios that may share a cluster run at once; default: ${LANES}`,
      wholeNumber('--lanes', 1, 100),
    )
    .option(
      '-t, --test-name-pattern <regex>',
      'only scenarios whose "CLAIM ID: TITLE" matches; of several, one',
      anyOf,
    )
    .option(
      '--retry <n>',
      'try a red scenario again, up to n times; one that is green then is flaky',
      wholeNumber('--retry', 0, 100),
    )
    .addOption(
      new Option('--repeat <n>', 'run each scenario n times, and tell how often it was as known')
        .argParser(wholeNumber('--repeat', 1, MOST))
        .conflicts(['untilFail', 'retry']),
    )
    .addOption(
      new Option('--until-fail <n>', 'run each scenario until it is red, at most n times')
        .argParser(wholeNumber('--until-fail', 1, MOST))
        .conflicts(['repeat', 'retry']),
    )
    .option('--bail <n>', 'end after n red scenarios', wholeNumber('--bail', 0, 1000))
    .option('--scenarios <folder>', 'other scenarios than dualvip’s own')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER);
}

/** A flag that is given again: what any of them matches. */
export function anyOf(pattern: string, before: string | undefined): string {
  return before === undefined ? pattern : `${before}|${pattern}`;
}
