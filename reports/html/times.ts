import { describeOutage } from '../record/outage-text.ts';
import type { Outage } from '../record/outage.ts';
import { failoversOf } from '../record/outages.ts';
import { implementationTitle } from '../record/implementation-name.ts';
import { assignmentChart } from './assignment-chart.ts';
import { axisLine, axisWith, type Axis } from './axis.ts';
import { markup, type Markup } from './markup.ts';
import type { Case, ReportedRun } from './reported-run.ts';
import { timesScale } from './scale.ts';

interface Measured {
  one: Case;
  after: string;
  outage: Outage;
}

/** What was measured: how long addresses took to be assigned, and what each fault has cost. */
export function timesSection(runs: readonly ReportedRun[], cases: readonly Case[]): Markup | undefined {
  const charts = runs.flatMap(({ record }) => {
    const chart = assignmentChart(record);
    const name = `${implementationTitle(record.implementation)}, ${record.cluster.topology}`;
    return chart ? [markup`${runs.length > 1 && markup`<h4>${name}</h4>`}${chart}`] : [];
  });
  const outages = outageTable(cases);
  if (charts.length === 0 && !outages) return undefined;
  return markup`<section id="times" aria-labelledby="times-heading"><h2 id="times-heading">Times</h2>
${charts.length > 0 && markup`<h3>Until an address was assigned</h3>${charts}<p class="note">Milliseconds from the API’s answer to the watch event with the address, of the scenarios that had the cluster to themselves and did not ask for many Services at once. A larger dot is several Services.</p>`}
${outages}</section>`;
}

function outageTable(cases: readonly Case[]): Markup | undefined {
  const all = cases.flatMap((one): Measured[] =>
    failoversOf(one.scenario.observations).flatMap(({ window, outages }) =>
      outages.map((outage) => ({ one, after: window.after, outage })),
    ),
  );
  if (all.length === 0) return undefined;
  const scale = timesScale(all.map(({ outage }) => outage.downMs + outage.errorMs));
  const axis = axisWith(scale);
  const head = markup`New connections, ms${scale.isLogarithmic && ' (logarithmic)'}<svg class="chart" aria-hidden="true" width="100%" height="24">${axisLine(axis, 2)}</svg>`;
  return markup`<h3>Without an answer, after a fault</h3><table class="outages"><thead><tr><th scope="col">Scenario, step<th scope="col">Family<th scope="col">${head}<tbody>${all.map((row) => outageRow(row, axis))}</table>`;
}

function outageRow({ one, after, outage }: Measured, axis: Axis): Markup {
  const { downMs, errorMs, family } = outage;
  const [least, most] = [Math.max(0, downMs - errorMs), downMs + errorMs];
  return markup`<tr><th scope="row"><a href="#${one.anchor}">${one.scenario.id}</a> ${after} ${one.place && markup`<small>${one.place}</small>`}<td>${family}<td><svg class="bar" aria-hidden="true" width="100%" height="12"><rect class="down" x="0" width="${axis.width(0, downMs)}" y="1" height="10"/><line class="error" x1="${axis.at(least)}" x2="${axis.at(most)}" y1="6" y2="6"/></svg>${describeOutage(outage)}`;
}
