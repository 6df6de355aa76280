import { implementationName } from './record/implementation-name.ts';
import type { RunRecord, ScenarioRecord } from './record/record.ts';

/** What a reader does with a scenario that is not as known: a label and a text each. `files`: its evidence. */
export function nextSteps(
  scenario: ScenarioRecord,
  { run, files }: { run: RunRecord; files: string | undefined },
): [string, string][] {
  return [
    ...(files === undefined ? [] : [pair('evidence', files)]),
    ...(scenario.issue === undefined ? [] : [pair('issue', scenario.issue)]),
    pair('again', `dualvip run ${sameCluster(run)} -t ${scenario.id}`),
    ...advice(scenario, run),
  ];
}

function sameCluster({ cluster, implementation }: RunRecord): string {
  return `--topology ${cluster.topology} --implementation ${implementationName(implementation)}`;
}

function pair(label: string, text: string): [string, string] {
  return [label, text];
}

function advice({ id, verdict, deviation, unclaimed }: ScenarioRecord, run: RunRecord): [string, string][] {
  const { implementation } = run;
  const { name, version, build } = implementation;
  const deviations = `clusters/implementations/${name}/deviations.yaml`;
  switch (verdict.pair) {
    case 'fail':
      if (build) {
        const { release } = build;
        return [['release', `dualvip run ${sameCluster(run)} --against ${release.version} -t ${id}`]];
      }
      return [
        ['if known', `describe it in ${deviations}, with the upstream issue: then it is expected-fail`],
      ];
    case 'unexpected-pass':
      if (unclaimed)
        return [['if it holds', `claim ${unclaimed.join(', ')} in clusters/implementations/${name}`]];
      return [
        ['upstream', deviation?.upstream.join(' ') ?? 'none is recorded'],
        [
          'if fixed',
          `end its versions (${deviation?.versions}) before ${build ? 'the release that has this' : version} in ${deviations}`,
        ],
      ];
    case 'inconclusive':
      return [['first', 'the network between the probe and the nodes: it failed in the same window']];
    case 'flaky':
      return [['how often', `dualvip run ${sameCluster(run)} -t ${id} --repeat 20`]];
    case 'error':
      return [['first', `the reason above: the harness failed, and nothing is said of ${name}`]];
    case 'pass':
    case 'expected-fail':
    case 'unsupported':
      break;
  }
  return [];
}
