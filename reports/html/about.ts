import { APPEARANCE } from '../appearance.ts';
import { implementationTitle } from '../record/implementation-name.ts';
import { builtOf } from '../record/own-build.ts';
import { VERDICTS } from '../record/record.ts';
import { fileAddress } from './links.ts';
import { markup, type Markup } from './markup.ts';
import { sizeText } from './quantity.ts';
import type { ReportedRun } from './reported-run.ts';
import { verdictText } from './verdict.ts';

/** What the words mean, and what each run was made on. */
export function aboutSection(runs: readonly ReportedRun[]): Markup {
  return markup`<section id="about" aria-labelledby="about-heading"><h2 id="about-heading">About</h2><h3>Verdicts</h3>
<dl class="meanings">${VERDICTS.map((verdict) => markup`<div><dt>${verdictText(verdict)}<dd>${APPEARANCE[verdict].meaning}</div>`)}</dl>
${runs.map(runFacts)}</section>`;
}

function runFacts({ record, folder }: ReportedRun): Markup {
  const { id, command, harness, machine, engine, cluster, implementation, writtenAs, version } = record;
  const facts: [string, string][] = [
    ['command', `dualvip ${command.join(' ')}`],
    ['harness', `dualvip ${harness.version}, Node ${harness.node}`],
    ['record', writtenAs === undefined ? version : `${version}, written as ${writtenAs}`],
    ...builtOf(implementation).map((text): [string, string] => ['implementation', text]),
    ['machine', `${machine.platform}, ${machine.cpus} CPUs, ${sizeText(machine.memoryBytes)}`],
    // In a cluster that dualvip has not made, none is needed where there is no probe.
    ['engine', engine.cgroupVersion === 0 ? 'none' : `${engine.version}, cgroup v${engine.cgroupVersion}`],
    ['cluster', `${cluster.name} (${cluster.topology}), Kubernetes ${cluster.kubernetes}`],
    ['subnets', Object.values(cluster.subnets).join(', ')],
    ...cluster.nodes.map((node): [string, string] => [
      node.name,
      `${node.role}, MAC ${node.mac}, ${Object.values(node.addresses).join(', ')}`,
    ]),
  ];
  return markup`<h3>Run ${id} of ${implementationTitle(implementation)}</h3><dl class="next">${facts.map(
    ([name, text]) => markup`<div><dt>${name}<dd>${text}</div>`,
  )}</dl><p><a href="${fileAddress(folder, 'run.json') ?? ''}">run.json</a> · <a href="${fileAddress(folder, 'junit.xml') ?? ''}">junit.xml</a></p>`;
}
