import type { Check } from '../record/record.ts';
import { markup, type Markup } from './markup.ts';
import { counted } from './quantity.ts';

/** What was expected against what was observed: what differs first and open, the rest to be opened. */
export function checkList(checks: readonly Check[]): Markup {
  const differing = checks.filter(({ ok }) => !ok);
  const alike = checks.filter(({ ok }) => ok);
  return markup`${differing.length > 0 && list(differing)}${
    alike.length > 0 &&
    (differing.length === 0
      ? list(alike)
      : markup`<details class="more"><summary>${counted(alike.length, 'check')} as expected</summary>${list(alike)}</details>`)
  }`;
}

function list(checks: readonly Check[]): Markup {
  return markup`<ul class="checks">${checks.map(item)}</ul>`;
}

function item({ step, subject, service, ok, inconclusive, unsupported, expected, observed }: Check): Markup {
  if (ok) {
    return markup`<li><b>${subject}</b> ${step}: ${expected}<br><small>observed: ${observed}</small>`;
  }
  const isOpen = inconclusive === true || unsupported === true;
  const doubt = inconclusive ? ' (the control failed too)' : unsupported ? ' (not claimed)' : '';
  return markup`<li class="${isOpen ? 'open' : 'bad'}"><p><b><span aria-hidden="true">${isOpen ? '?' : '✗'}</span> ${subject}</b> ${step}${ofService(service)}${doubt}</p><dl><dt>expected<dd>${expected}<dt>observed<dd>${observed}</dl>`;
}

/** Its name, where it is known. */
export function ofService(service: string | undefined): Markup | undefined {
  return service === undefined ? undefined : markup` <span class="service">of ${service}</span>`;
}
