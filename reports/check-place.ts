import type { Check } from './record/record.ts';

/** What a check is about: `assigned, IPv6 of default/web-frontend`. */
export function checkPlace({ step, subject, service }: Check): string {
  return `${step}, ${subject}${service === undefined ? '' : ` of ${service}`}`;
}
