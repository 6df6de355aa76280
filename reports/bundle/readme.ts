import { FAMILIES, hostPort } from '../../base/addresses.ts';
import { builtOf } from '../record/own-build.ts';
import type { Check, RunRecord, ScenarioRecord } from '../record/record.ts';

/** A step as its scenario has it, told in a command that does the same, or in words. */
export interface BundleStep {
  id: string;
  /** What it does, in a line. */
  does: string;
  /** For a shell; none where no command does the same. */
  commands: readonly string[];
}

export interface ReadmeOptions {
  run: RunRecord;
  scenario: ScenarioRecord;
  /** kind's configuration and the implementation's manifests are in the bundle. */
  hasCluster: boolean;
  namespace: string;
  steps: readonly BundleStep[];
  /** A node image that can be pulled, of about the same Kubernetes. */
  nodeImage: string;
  left: readonly string[];
}

/** A client that is small, and that speaks both families. */
const CLIENT = 'curlimages/curl';
const CLUSTER = 'dualvip-case';

/** For a maintainer who has kind and kubectl, and has never heard of dualvip. */
export function renderReadme(options: ReadmeOptions): string {
  const { run, scenario, steps, left } = options;
  const { implementation: subject, cluster } = run;
  const failed = scenario.checks.filter(({ ok }) => !ok);
  const origin = scenario.issue ?? (scenario.claim === undefined ? undefined : `claim ${scenario.claim}`);
  return [
    `# ${scenario.title}`,
    '',
    `What was seen of ${subject.name} ${subject.version} (${subject.mode} mode) on Kubernetes ${cluster.kubernetes}, ${cluster.images.origin === 'existing' ? 'a cluster that dualvip has not made,' : 'a kind cluster'} of topology ${cluster.topology} with ${cluster.nodes.length} nodes, on ${run.startedAt}. Verdict: **${scenario.verdict.pair}** (IPv4 ${scenario.verdict.IPv4}, IPv6 ${scenario.verdict.IPv6}).${origin === undefined ? '' : ` It stems from ${origin}.`}`,
    '',
    ...(scenario.reason === undefined ? [] : [`The harness failed: ${scenario.reason}`, '']),
    '## Expected and observed',
    '',
    ...(failed.length === 0 ? ['Everything was as expected.'] : failed.flatMap(checkLines)),
    ...(scenario.deviation === undefined
      ? []
      : ['', `Known: ${scenario.deviation.summary}. ${scenario.deviation.upstream.join(' ')}`.trimEnd()]),
    '',
    '## Do the same with kind and kubectl',
    '',
    'In the folder of this file; needed are Docker with IPv6, kind and kubectl. Nothing else is touched than what is made here.',
    '',
    ...clusterLines(options),
    '',
    '### The case',
    '',
    'Step by step; each is one of `catalogue/` in the words of kubectl.',
    '',
    ...steps.flatMap((step, index) => stepLines(step, index + 1)),
    '### Afterwards',
    '',
    ...shell([`kind delete cluster --name ${CLUSTER}`, `docker network rm ${CLUSTER}`]),
    '',
    '## What is in here',
    '',
    '- `report.txt`: what was expected and observed, a diagnosis, and everything that was seen, in the order of time.',
    '- `manifests/`: what was applied, as the API got it; `cluster/`: kind’s configuration and the implementation’s manifests.',
    '- `versions.json`: versions, images with their identities, hashes of the Go modules that they were built of.',
    `- \`scenarios/${scenario.id}/\`: evidence of that moment: objects, events, logs, neighbour tables and routes of the nodes and of the client, \`capture.pcap\` of what passed at the client.`,
    '- `catalogue/`, `run.json`: the scenario and its record for dualvip; `dualvip reproduce` takes this archive as it is.',
    '',
    'Passwords, tokens, keys, data of Secrets, and the names of user and machine were taken out (`REDACTED`).',
    ...(left.length === 0 ? [] : ['', 'Left out for its size:', '', ...left.map((one) => `- ${one}`)]),
    '',
  ].join('\n');
}

function checkLines({ step, subject, expected, observed, inconclusive }: Check): string[] {
  const doubt =
    inconclusive === true ? ' (a node’s own address did not answer either: it may be the network)' : '';
  return [`- step \`${step}\`, ${subject}${doubt}`, `  - expected: ${expected}`, `  - observed: ${observed}`];
}

function clusterLines({ run, hasCluster, namespace, nodeImage }: ReadmeOptions): string[] {
  const { cluster, implementation } = run;
  const subnets = FAMILIES.flatMap((family) => cluster.subnets[family] ?? []);
  const network = ['docker network create --ipv6', ...subnets.map((one) => `--subnet ${one}`), CLUSTER].join(
    ' ',
  );
  const title = `${implementation.name} ${implementation.version}`;
  const build = builtOf(implementation);
  return [
    '### A cluster',
    '',
    `The subnets are those of the run, so that the addresses are the same; where another network has one of them (\`docker network ls\`), take others, and change the addresses in \`manifests/\`.`,
    '',
    ...(build.length === 0
      ? []
      : [
          `The implementation is no release: it was ${build.join(', ')}. Its images (\`grep image: cluster/implementation.yaml\`) are in no registry; build them of these sources, and load them into the nodes.`,
          '',
        ]),
    ...shell([
      network,
      hasCluster
        ? `KIND_EXPERIMENTAL_DOCKER_NETWORK=${CLUSTER} kind create cluster --name ${CLUSTER} --config cluster/kind.yaml --image ${nodeImage}`
        : `KIND_EXPERIMENTAL_DOCKER_NETWORK=${CLUSTER} kind create cluster --name ${CLUSTER} --image ${nodeImage}`,
      ...(hasCluster
        ? [
            'kubectl apply --server-side -f cluster/implementation.yaml',
            'kubectl wait --for=condition=Ready pods --all --all-namespaces --timeout=300s',
          ]
        : [`# install ${title} as its documentation says`]),
      'kubectl apply -f manifests/00-namespace-and-backend.yaml',
      `kubectl -n ${namespace} rollout status deployment/web`,
    ]),
  ];
}

function stepLines({ id, does, commands }: BundleStep, number: number): string[] {
  return [`${number}. \`${id}\`: ${does}`, '', ...(commands.length === 0 ? [] : [...shell(commands), ''])];
}

function shell(commands: readonly string[]): string[] {
  return ['```sh', ...commands, '```'];
}

/** A connection from outside the cluster, from the nodes' link. */
export function connect(address: string, port: number): string {
  return `docker run --rm --network ${CLUSTER} ${CLIENT} -g -sS -m 5 http://${hostPort(address, port)}/hostname`;
}
