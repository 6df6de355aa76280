import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { METALLB_DEFAULT } from '../../clusters/implementations/metallb/metallb.ts';
import { loadScenarios } from '../scenario/load.ts';
import type { Scenario } from '../scenario/schema.ts';
import { deviationOf, loadDeviations } from './deviation.ts';

const CLAIMS = Array.from({ length: 20 }, (_, index) => `C${index + 1}`);

const document = await readFile(path.join(PROJECT_ROOT, 'docs', 'claims.md'), 'utf8');
const scenarios = await loadScenarios(path.join(PROJECT_ROOT, 'scenarios'));
const deviations = await loadDeviations('metallb', scenarios);

/** The cells of the tables' rows whose first cell looks like this. */
function rows(first: RegExp): string[][] {
  return document
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1))
    .filter(([cell = '']) => first.test(cell));
}

function known({ id }: Scenario) {
  return deviationOf(deviations, id, { name: 'metallb', version: METALLB_DEFAULT, mode: 'native' });
}

const listed = (all: readonly Scenario[]) => all.map(({ id }) => `\`${id}\``).join(', ');

/** `holds`, `refuted`, or in which scenarios it does not hold. */
function verdict(all: readonly Scenario[]): string {
  const refuted = all.filter((one) => known(one));
  if (refuted.length === 0) return 'holds';
  return refuted.length === all.length ? 'refuted' : `holds, but not in ${listed(refuted)}`;
}

it('every claim has a scenario, and docs/claims.md has them all, with what is known of MetalLB', () => {
  const expected = CLAIMS.map((claim) => {
    const own = scenarios.filter((one) => one.claim === claim);
    expect(own).not.toEqual([]);
    return [claim, listed(own), verdict(own)];
  });
  const written = rows(/^C\d+$/);
  expect(written.map(([claim, , ...rest]) => [claim, ...rest])).toEqual(expected);
  expect(written.filter(([, words]) => !words)).toEqual([]);
});

it('docs/claims.md tells what MetalLB does where a claim is refuted', () => {
  const expected = scenarios
    .filter(({ claim }) => claim)
    .flatMap((scenario) => {
      const deviation = known(scenario);
      if (!deviation) return [];
      const links = deviation.upstream.map((url) => `[${url.replace(/.*\//, '')}](${url})`);
      return [[`\`${scenario.id}\``, deviation.summary, links.join(', ') || 'not reported yet']];
    });
  expect(rows(/^`c\d/)).toEqual(expected);
});

it('the version in the title of docs/claims.md is the one that is checked', () => {
  expect(document).toContain(`MetalLB ${METALLB_DEFAULT}`);
});
