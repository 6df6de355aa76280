import { formatMs } from '../../base/clock.ts';
import { APPEARANCE, originOf } from '../appearance.ts';
import { nextSteps } from '../next-steps.ts';
import { failoversOf } from '../record/outages.ts';
import { SUBJECTS, type Observation } from '../record/record.ts';
import { findingsOf } from '../timeline/findings.ts';
import { checkList } from './checks.ts';
import { clockTable } from './clock.ts';
import { evidenceList } from './evidence-list.ts';
import { failoverCharts } from './failover-chart.ts';
import { webLink } from './links.ts';
import { markup, type Markup } from './markup.ts';
import { neighbourTable } from './neighbours.ts';
import type { Case } from './reported-run.ts';
import { isNews, verdictText } from './verdict.ts';

/** Everything that is known of one scenario in one run. Open where it is not as known. */
export function caseSection(one: Case): Markup {
  const { scenario, anchor, place } = one;
  const { id, title, verdict, timing, attempt } = scenario;
  const { pair } = verdict;
  const facts = [
    originOf(scenario),
    place,
    formatMs(timing.wallMs),
    attempt > 1 && `attempt ${attempt}`,
  ].filter(Boolean);
  return markup`<details class="case" data-v="${pair}"${isNews(pair) && markup` open`}><summary><h3>${verdictText(pair)} ${id}</h3> <span class="title">${title}</span></summary>
<div id="${anchor}" class="body" tabindex="-1">
<p class="facts">${facts.join(' · ')}</p>
<dl class="verdicts">${SUBJECTS.map((subject) => markup`<div><dt>${subject}<dd>${verdictText(verdict[subject])}</div>`)}</dl>
<p>${pair}: ${APPEARANCE[pair].meaning}.</p>
${part('Reason', scenario.reason !== undefined && markup`<p>${scenario.reason}</p>`)}
${part('Expected and observed', scenario.checks.length > 0 && checkList(scenario.checks))}
${deviationPart(one)}
${diagnosisPart(scenario.observations)}
${failoverPart(scenario.observations)}
${part('On one clock', clockPart(one))}
${part('Evidence', evidencePart(one))}
${isNews(pair) && nextPart(one)}
<p><a href="#scenarios">Back to the scenarios</a></p>
</div></details>`;
}

function part(heading: string, content: Markup | undefined | false): Markup | undefined {
  return content ? markup`<h4>${heading}</h4>${content}` : undefined;
}

function deviationPart({ scenario: { deviation, deviationChecks, verdict } }: Case): Markup | undefined {
  if (!deviation) return undefined;
  const { summary, versions, upstream, chance } = deviation;
  const seen =
    chance && verdict.pair === 'pass'
      ? 'It is there by chance, and this time it is not.'
      : deviationChecks.every(({ ok }) => ok)
        ? 'It is what was seen.'
        : 'It is not what was seen:';
  const links =
    upstream.length === 0 ? 'not reported upstream yet' : upstream.map((url) => markup`${webLink(url)} `);
  return part(
    'The known deviation',
    markup`<p>${summary} (versions ${versions}; ${links}). ${seen}</p>${checkList(deviationChecks)}`,
  );
}

function diagnosisPart(observations: readonly Observation[]): Markup | undefined {
  const found = findingsOf(observations);
  return part(
    'Diagnosis',
    found.length > 0 &&
      markup`${found.map(({ service, findings }) =>
        findings.map(
          ({ cause, family, text, fix, evidence }) =>
            markup`<div class="diagnosis"><p><b>${cause}</b> ${[service, family].filter(Boolean).join(', ')}</p><p>${text}</p><p><b>Fix:</b> ${fix}</p><ul>${evidence.map((fact) => markup`<li>${fact}`)}</ul></div>`,
        ),
      )}`,
  );
}

function failoverPart(observations: readonly Observation[]): Markup | undefined {
  const failovers = failoversOf(observations);
  return part(
    'What it cost',
    failovers.length > 0 &&
      markup`${failovers.map(
        (failover) =>
          markup`<h5>After ${failover.window.after}: ${failover.window.cause}</h5>${failoverCharts(failover, observations)}`,
      )}<p class="note">Milliseconds since the step began. A bar: no answer; the lines at its ends: between these two attempts it was lost, or came back.</p>`,
  );
}

function clockPart(one: Case): Markup {
  const begin = new Date(Date.parse(one.run.record.startedAt) + one.scenario.startedAt).toISOString();
  return markup`<p class="note">Milliseconds since ${begin.slice(0, 10)} ${begin.slice(11, 23)} UTC, when the scenario began.</p>${clockTable(one)}`;
}

function evidencePart(one: Case): Markup | undefined {
  const parts = [neighbourTable(one), evidenceList(one)].filter((each) => each !== undefined);
  return parts.length === 0 ? undefined : markup`${parts}`;
}

function nextPart({ run, scenario }: Case): Markup | undefined {
  const steps = nextSteps(scenario, { run: run.record });
  return part(
    'Next',
    markup`<dl class="next">${steps.map(([label, text]) => markup`<div><dt>${label}<dd>${webLink(text)}</div>`)}</dl>`,
  );
}
