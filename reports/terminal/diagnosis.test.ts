import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { renderDiagnosis, type Diagnosed } from './diagnosis.ts';

const broken: Diagnosed = {
  service: 'shop/web',
  ipFamilyPolicy: 'PreferDualStack',
  ipFamilies: ['IPv4', 'IPv6'],
  addresses: ['192.0.2.1'],
  implementation: 'metallb 0.16.1',
  diagnoses: [
    {
      cause: 'pool-missing',
      family: 'IPv6',
      text: 'Service shop/web gets no IPv6 address, because no pool has an IPv6 range.',
      fix: 'Add an IPv6 range to pool p.',
      evidence: ['pool p: 192.0.2.1-192.0.2.4', 'metallb says: AdditionalAssignFailed: cannot assign'],
    },
    { cause: 'no-endpoints', text: 'No endpoint.', fix: 'Run pods.', evidence: ['spec.selector is app=web'] },
  ],
};

describe('renderDiagnosis', () => {
  it('tells Service, causes, fixes and evidence', () => {
    expect(renderDiagnosis(broken, { colors: false, columns: 70 })).toMatchInlineSnapshot(`
      "shop/web  PreferDualStack [IPv4, IPv6] · metallb 0.16.1
        IPv4  192.0.2.1
        IPv6  no address

      ✗ pool-missing  IPv6
        Service shop/web gets no IPv6 address, because no pool has an IPv6
        range.
        fix       Add an IPv6 range to pool p.
        evidence  pool p: 192.0.2.1-192.0.2.4
                  metallb says: AdditionalAssignFailed: cannot assign

      ✗ no-endpoints
        No endpoint.
        fix       Run pods.
        evidence  spec.selector is app=web

      2 causes found for shop/web.
      "
    `);
  });

  it('says that nothing was found, and what a SingleStack Service does not ask for', () => {
    const healthy = { ...broken, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'], diagnoses: [] };
    expect(renderDiagnosis(healthy, { colors: false })).toMatchInlineSnapshot(`
      "shop/web  SingleStack [IPv4] · metallb 0.16.1
        IPv4  192.0.2.1
        IPv6  not asked for

      ✓ shop/web has what it asks for, and nothing known here keeps clients from it.
      "
    `);
  });

  it('has the same text in colours', () => {
    const colored = renderDiagnosis(broken, { colors: true });
    expect(colored).not.toBe(renderDiagnosis(broken, { colors: false }));
    expect(stripVTControlCharacters(colored)).toBe(renderDiagnosis(broken, { colors: false }));
  });

  it('lets no text of others reach the terminal as a command', () => {
    const [one] = broken.diagnoses;
    const hostile = one ? [{ ...one, evidence: ['metallb says: \u001B[2J\n✓ shop/web'] }] : [];
    expect(renderDiagnosis({ ...broken, diagnoses: hostile }, { colors: false })).toContain(
      String.raw`evidence  metallb says: \x1b[2J\n✓ shop/web`,
    );
  });
});
