import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convert } from 'xmlbuilder2';
import { validateXML } from 'xmllint-wasm';

import { hostileRun, UNSAFE } from '../ci/hostile.ts';
import { eventObserved, runWith, scenarioWith } from '../fixtures.ts';
import { VERDICTS } from '../record/record.ts';
import { renderJUnit } from './junit.ts';

/** XML 1.0, production 2: what a document may hold, however it is escaped. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
}

function parse(xml: string): Element {
  const [root] = childrenOf(convert(xml, { format: 'object', verbose: true }));
  if (!root) throw new Error('no root element');
  return root;
}

/** xmlbuilder2's objects have attributes as `@name`, text as `#`, and lists of what has the same name. */
function childrenOf(value: object): Element[] {
  return Object.entries(value)
    .filter(([name]) => !name.startsWith('@') && !name.startsWith('#'))
    .flatMap(([name, elements]: [string, unknown]) =>
      [elements].flat().map((element) => ({
        name,
        attributes: Object.fromEntries(
          Object.entries(Object(element))
            .filter(([key]) => key.startsWith('@'))
            .map(([key, text]) => [key.slice(1), String(text)]),
        ),
        children: typeof element === 'object' && element !== null ? childrenOf(element) : [],
      })),
    );
}

const SCHEMAS = ['ant', 'xunit-10'] as const;

/** What libxml2 has against a document by a schema in schemas/. */
async function breaches(xml: string, schema: (typeof SCHEMAS)[number]): Promise<string[]> {
  const text = await readFile(path.join(import.meta.dirname, 'schemas', `${schema}.xsd`), 'utf8');
  const { errors } = await validateXML({
    xml: { fileName: 'junit.xml', contents: xml },
    schema: text,
  });
  return errors.map(({ message }) => message);
}

function testCases(xml: string): Element[] {
  return parse(xml).children.flatMap(({ children }) => children.filter(({ name }) => name === 'testcase'));
}

describe('renderJUnit', () => {
  it('tells a run with every verdict', async () => {
    await expect(renderJUnit(runWith())).toMatchFileSnapshot('golden/every-verdict.xml');
  });

  it.each(SCHEMAS)('is valid by the schema %s', async (schema) => {
    expect(await breaches(renderJUnit(runWith(undefined, { interrupted: 'SIGINT' })), schema)).toEqual([]);
  });

  it.each(SCHEMAS)('would be found invalid by the schema %s', async (schema) => {
    const found = await breaches(renderJUnit(runWith()).replace(/ errors="\d+"/, ' weather="fine"'), schema);
    expect(found.map((one) => /attribute '\w+'/.exec(one)?.[0])).toEqual([
      "attribute 'weather'",
      "attribute 'errors'",
    ]);
  });

  it.each(SCHEMAS)('is valid by %s whatever others have written', async (schema) => {
    const xml = renderJUnit(hostileRun());
    expect(UNSAFE.exec(xml)).toBeNull();
    // Begin and end of a log of 10 MB: libxml2 takes no more in one piece.
    expect(xml).toContain('begin x');
    expect(xml).toContain('x end');
    expect(xml).toMatch(/\[9\d{6} characters are left out here; run\.json has them\]/);
    expect(await breaches(xml, schema)).toEqual([]);
  });

  it('tells failure, error and skipped apart', () => {
    const results = VERDICTS.map((verdict) => {
      const [testCase] = testCases(renderJUnit(runWith([scenarioWith(verdict)])));
      return [verdict, testCase?.children[0]?.name, testCase?.children[0]?.attributes['message']];
    });
    expect(results).toEqual([
      ['pass', undefined, undefined],
      ['expected-fail', undefined, undefined],
      [
        'fail',
        'failure',
        'assigned, IPv6 of dualvip-20261123-014500-k3f9/web-frontend: expected an IPv6 address of ipv6-pool, observed no IPv6 address (and 1 more)',
      ],
      [
        'unexpected-pass',
        'failure',
        'as claimed, although known otherwise: all addresses of a Service come from one pool, so the second family gets none',
      ],
      [
        'inconclusive',
        'error',
        'reachable, IPv6: expected reachable on http/80, observed fc00:f853:ccd:e793::ff01 unreachable (EHOSTUNREACH) after 3071.2 ms',
      ],
      ['flaky', 'failure', '1 of 2 green (95 % interval 9.5 to 90.5 %)'],
      ['unsupported', 'skipped', 'metallb does not claim bgp'],
      ['error', 'error', 'POST /api/v1/namespaces/dualvip/services: 500 etcdserver: request timed out'],
    ]);
  });

  it('counts what it holds', () => {
    const [suite] = parse(renderJUnit(runWith())).children;
    expect(suite?.attributes).toMatchObject({ tests: '8', failures: '3', errors: '2', skipped: '1' });
  });

  it('is not green for a run that was cut short', () => {
    const xml = renderJUnit(
      runWith([scenarioWith('pass')], { interrupted: 'SIGINT after 1 of 16 scenarios' }),
    );
    expect(parse(xml).children[0]?.attributes).toMatchObject({ tests: '2', errors: '1' });
    expect(testCases(xml)[1]?.children[0]).toEqual({
      name: 'error',
      attributes: { type: 'interrupted', message: 'SIGINT after 1 of 16 scenarios' },
      children: [],
    });
  });

  it('is well-formed XML without control characters, whatever the record says', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        const scenario = scenarioWith('fail', {
          id: text,
          title: text,
          claim: text,
          checks: [{ step: text, subject: 'pair', ok: false, expected: text, observed: `]]>${text}<a b="&` }],
          observations: [eventObserved({ at: 1, message: text })],
        });
        const xml = renderJUnit(runWith([scenario]));
        expect(xml).not.toMatch(NOT_XML);
        expect(testCases(xml)).toHaveLength(1);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
