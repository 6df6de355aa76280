import { FAMILIES, familyOf } from '../../base/addresses.ts';
import { printable } from '../printable.ts';
import type { Diagnosis } from '../record/diagnosis.ts';
import { hanging, pageOf, type Page, type PageOptions } from './page.ts';

/** What was diagnosed. */
export interface Diagnosed {
  /** As in `default/web-frontend`. */
  service: string;
  ipFamilyPolicy: string;
  ipFamilies: readonly string[];
  /** In the order of the status. */
  addresses: readonly string[];
  /** As in `metallb 0.16.1`. */
  implementation: string;
  diagnoses: readonly Diagnosis[];
}

/** A Service and what is wrong with it, for a terminal. Ends with a newline. Control characters are escaped. */
export function renderDiagnosis(diagnosed: Diagnosed, options: PageOptions): string {
  const subject = printable(diagnosed);
  const page = pageOf(options);
  const blocks = [
    [...head(subject, page)],
    ...subject.diagnoses.map((one) => diagnosisLines(one, page)),
    sum(subject, page),
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function head(
  { service, ipFamilyPolicy, ipFamilies, addresses, implementation }: Diagnosed,
  page: Page,
): string[] {
  const facts = [`${ipFamilyPolicy} [${ipFamilies.join(', ')}]`, implementation].join(' · ');
  const perFamily = FAMILIES.map((family) => {
    const own = addresses.filter((address) => familyOf(address) === family);
    const asked = ipFamilyPolicy !== 'SingleStack' || ipFamilies.includes(family);
    if (own.length > 0) return `  ${family}  ${own.join(', ')}`;
    return `  ${family}  ${page.colors.dim(asked ? 'no address' : 'not asked for')}`;
  });
  return [
    ...hanging({ prefix: `${page.colors.bold(service)}  `, text: facts, paint: page.colors.dim }, page),
    ...perFamily,
  ];
}

/** One diagnosis, in full. Takes printable text only. */
export function diagnosisLines({ cause, family, text, fix, evidence }: Diagnosis, page: Page): string[] {
  const { colors } = page;
  const facts = evidence.flatMap((fact, index) =>
    hanging(
      { prefix: colors.dim(index === 0 ? '  evidence  ' : '            '), text: fact, paint: colors.dim },
      page,
    ),
  );
  return [
    `${colors.red('✗')} ${colors.bold(cause)}${family ? `  ${family}` : ''}`,
    ...hanging({ prefix: '  ', text }, page),
    ...hanging({ prefix: `  ${colors.green('fix')}       `, text: fix }, page),
    ...facts,
  ];
}

function sum({ service, diagnoses }: Diagnosed, { colors }: Page): string[] {
  const count = diagnoses.length;
  if (count === 0)
    return [colors.green(`✓ ${service} has what it asks for, and nothing known here keeps clients from it.`)];
  return [colors.red(`${count} ${count === 1 ? 'cause' : 'causes'} found for ${service}.`)];
}
