import { formatMs } from '../../base/clock.ts';
import { APPEARANCE } from '../appearance.ts';
import { implementationTitle } from '../record/implementation-name.ts';
import { VERDICTS } from '../record/record.ts';
import { newsCounts, newsCountText, newsText } from '../sum.ts';
import { ofService } from './checks.ts';
import { markup, type Markup } from './markup.ts';
import { counted, minuteText } from './quantity.ts';
import type { Case, ReportedRun } from './reported-run.ts';
import { isNews, verdictText } from './verdict.ts';

/** The answer first: whether anything is not as known, for each run. */
export function header(runs: readonly ReportedRun[]): Markup {
  const counts = newsCounts(runs.flatMap(({ record }) => record.scenarios));
  const [first] = runs;
  const title =
    runs.length === 1 && first
      ? capital(newsText(first.record))
      : capital(`${newsCountText(counts)}, in ${counted(runs.length, 'run')}`);
  const tone = counts.differing > 0 ? 'bad' : counts.unjudged > 0 ? 'open' : 'good';
  return markup`<header class="${tone}"><h1>${title}</h1>${runs.map((run) => runLine(run, runs.length > 1))}</header>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function runLine({ record, damage }: ReportedRun, isNamed: boolean): Markup {
  const { scenarios, cluster, durationMs, interrupted, startedAt } = record;
  const facts = [
    isNamed && implementationTitle(record.implementation),
    minuteText(startedAt),
    `${counted(scenarios.length, 'scenario')} in ${formatMs(durationMs)}`,
    `${cluster.topology} cluster, Kubernetes ${cluster.kubernetes}`,
  ].filter(Boolean);
  const counts = VERDICTS.flatMap((verdict) => {
    const count = scenarios.filter((one) => one.verdict.pair === verdict).length;
    return count === 0
      ? []
      : [
          markup`<li><span class="v ${verdict}"><b aria-hidden="true">${APPEARANCE[verdict].mark}</b> ${count} ${verdict}</span>`,
        ];
  });
  return markup`<p class="facts">${facts.join(' · ')}</p><ul class="counts">${counts}</ul>${
    interrupted !== undefined && markup`<p class="warning">The run did not end: ${interrupted}</p>`
  }${
    damage.length > 0 &&
    markup`<div class="warning"><p>The record of this run is damaged. What could be saved of it is here; what could not:</p><ul>${damage.map((one) => markup`<li>${one}`)}</ul></div>`
  }`;
}

/** How much of a case is told before its section is opened. */
const CHECKS = 3;

/** What is not as known, each with the first thing that says so. */
export function newsSection(cases: readonly Case[]): Markup | undefined {
  const news = cases.filter(({ scenario }) => isNews(scenario.verdict.pair));
  if (news.length === 0) return undefined;
  return markup`<section id="news" aria-labelledby="news-heading"><h2 id="news-heading">Not as known</h2><ul class="news">${news.map(newsItem)}</ul></section>`;
}

function newsItem({ scenario, anchor, place }: Case): Markup {
  const { id, title, verdict, checks, reason, deviation, deviationChecks } = scenario;
  const failed = verdict.pair === 'unexpected-pass' ? deviationChecks : checks;
  const differing = failed.filter(({ ok }) => !ok);
  const left = differing.length - CHECKS;
  return markup`<li class="on-${verdict.pair}"><p>${verdictText(verdict.pair)} <a href="#${anchor}">${id}</a> ${place && markup`<small>${place}</small> `}<span class="title">${title}</span></p>${
    reason !== undefined && markup`<p>${reason}</p>`
  }${
    verdict.pair === 'unexpected-pass' && deviation && markup`<p>Known was: ${deviation.summary}.</p>`
  }<ul>${differing
    .slice(0, CHECKS)
    .map(
      ({ subject, step, service, expected, observed }) =>
        markup`<li><b>${subject}</b> ${step}${ofService(service)}: expected ${expected}; observed <b>${observed}</b>`,
    )}${left > 0 && markup`<li>and ${counted(left, 'more check')}`}</ul>`;
}
