import { FAMILIES } from '../../base/addresses.ts';
import { printable } from '../printable.ts';
import type { Check, RunRecord, ScenarioRecord } from '../record/record.ts';
import { pageOf } from '../terminal/page.ts';
import { timeline } from '../terminal/timeline.ts';
import { CLAIMS, GUIDE } from './claims.ts';
import { codeSpan, fenced, prose } from './markdown.ts';
import { withDualvip, withKubectl, type AppliedFile } from './reproduction.ts';

/** In a run's folder or a matrix's. */
export const UNREPORTED_FOLDER = 'unreported';

export interface UnreportedOptions {
  run: RunRecord;
  scenario: ScenarioRecord;
  /** What was applied, in that order. */
  applied: readonly AppliedFile[];
  /** Where else it was seen, such as `metallb 0.15.2 on dual`. */
  alsoSeen?: readonly string[];
}

/** True when the scenario met a deviation that nobody has reported upstream yet. */
export function isUnreported({ verdict, deviation }: Pick<ScenarioRecord, 'verdict' | 'deviation'>): boolean {
  return verdict.pair === 'expected-fail' && deviation?.upstream.length === 0;
}

/**
 * A text in Markdown that is ready to be filed upstream: what was expected and why, what was done and observed,
 * with which versions, and how to see it again. Texts of others in it are fenced.
 */
export function renderUnreported(options: UnreportedOptions): string {
  const { run, scenario, alsoSeen } = printable({ ...options, applied: [] });
  const applied = options.applied.map(visible);
  const { name, version } = run.implementation;
  const blocks = [
    `# ${prose(`${name} ${version}: ${scenario.deviation?.summary ?? scenario.title}`)}`,
    ...expected(scenario),
    ...observed(scenario),
    ...done(applied, scenario),
    ...versions(run, alsoSeen ?? []),
    ...reproduction(applied, scenario, run),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function expected({ title, claim, issue, checks }: ScenarioRecord): string[] {
  const known = claim === undefined ? undefined : CLAIMS[claim];
  const sources = [
    ...(known ? [`Source: ${GUIDE}, whose claim ${claim} is that ${known.text}.`] : []),
    ...(known?.see === undefined ? [] : [`See also <${known.see}>.`]),
    ...(issue === undefined ? [] : [`Stems from ${codeSpan(issue)}.`]),
  ];
  const wanted = checks.filter(({ ok }) => !ok).map((check) => `${placeOf(check)}: ${check.expected}`);
  return [
    '## Expected',
    `${prose(title)}.`,
    fenced('text', wanted.join('\n')),
    ...(sources.length > 0 ? [sources.join(' ')] : []),
  ];
}

function observed(scenario: ScenarioRecord): string[] {
  const seen = scenario.checks.filter(({ ok }) => !ok).map((check) => `${placeOf(check)}: ${check.observed}`);
  const met = scenario.checks.filter(({ ok }) => ok);
  const page = pageOf({ colors: false });
  return [
    '## Observed',
    fenced('text', seen.join('\n')),
    ...(met.length === 0
      ? []
      : [
          'As expected was:',
          fenced('text', met.map((check) => `${placeOf(check)}: ${check.observed}`).join('\n')),
        ]),
    "What a watch on the Services and their events and a client on the nodes' link saw, in milliseconds since the begin:",
    fenced(
      'text',
      timeline(scenario, page)
        .map((line) => line.slice(4))
        .join('\n'),
    ),
  ];
}

function placeOf({ step, subject }: Check): string {
  return `${step}, ${subject}`;
}

function done(applied: readonly AppliedFile[], { id, observations }: ScenarioRecord): string[] {
  const files = applied.flatMap(({ name, content }) => [`${codeSpan(name)}:`, fenced('yaml', content)]);
  const further = observations.flatMap((one) =>
    one.kind === 'step' && !TOLD_ELSEWHERE.has(one.step) ? [`${codeSpan(one.id)} (${one.step})`] : [],
  );
  return [
    '## What was done',
    ...(files.length > 0 ? ['Applied, in this order:', ...files] : []),
    ...(further.length > 0
      ? [
          `And by further steps of the scenario: ${further.join(', ')}; ${codeSpan(`scenarios/${id}/scenario.yaml`)} has them.`,
        ]
      : []),
  ];
}

/** The files show what was applied, the checks what was looked at. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(['apply', 'expect', 'probe']);

const TOPOLOGY_WORDS: Readonly<Record<RunRecord['cluster']['topology'], string>> = {
  dual: 'dual-stack, IPv4 first',
  'dual-v6-primary': 'dual-stack, IPv6 first',
  'dual-iptables': 'dual-stack, IPv4 first, kube-proxy in iptables mode',
  ipv4: 'IPv4 only',
  ipv6: 'IPv6 only',
};

function versions(
  { implementation, cluster, engine, machine, harness }: RunRecord,
  alsoSeen: readonly string[],
) {
  const subnets = FAMILIES.flatMap((family) => {
    const subnet = cluster.subnets[family];
    return subnet === undefined ? [] : [`${family} ${subnet}`];
  });
  const lines = [
    `${implementation.name} ${implementation.version}, mode ${implementation.mode}`,
    ...(alsoSeen.length > 0 ? [`seen as well with ${alsoSeen.join('; ')}`] : []),
    `Kubernetes ${cluster.kubernetes}, ${cluster.nodes.length} nodes${cluster.images.origin === 'existing' ? '' : ' by kind'} (${TOPOLOGY_WORDS[cluster.topology]})${subnets.map((one) => `, ${one}`).join('')}`,
    ...(cluster.images.origin === 'existing'
      ? []
      : [`Docker ${engine.version}, cgroup v${engine.cgroupVersion}, ${machine.platform}`]),
    `dualvip ${harness.version}`,
  ];
  return ['## Versions', lines.map((line) => `- ${prose(line)}`).join('\n')];
}

function reproduction(applied: readonly AppliedFile[], scenario: ScenarioRecord, run: RunRecord): string[] {
  const { name, version, mode } = run.implementation;
  const commands = withKubectl(applied);
  const cluster = `a cluster (${TOPOLOGY_WORDS[run.cluster.topology]}) with ${name} ${version} (${mode})`;
  return [
    '## How to reproduce',
    'With dualvip, which makes the cluster and removes it:',
    fenced('sh', withDualvip(scenario, run)),
    ...(commands.length > 0
      ? [
          `With kubectl, in ${prose(cluster)}, after the files above were saved, with the addresses of the pools changed to free ones on the nodes' link:`,
          fenced('sh', commands.join('\n')),
        ]
      : []),
  ];
}

/** Every line visible as it is; the line breaks of a file stay. */
function visible({ name, content }: AppliedFile): AppliedFile {
  return {
    name: printable(name),
    content: content
      .split('\n')
      .map((line) => printable(line))
      .join('\n'),
  };
}
