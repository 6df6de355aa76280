import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { scenarioWith } from '../fixtures.ts';
import { everyCell, head, runOf } from '../matrix/fixtures.ts';
import type { MatrixRecord } from '../matrix/matrix-record.ts';
import { mergeRuns } from '../matrix/merge.ts';
import { letterOf } from './matrix-table.ts';
import { renderMatrix } from './matrix.ts';

const folder = 'reports/runs/matrix-20261123-031500-qzx';
const plain = (record: MatrixRecord, columns?: number) =>
  renderMatrix(record, { colors: false, columns, folder });

describe('renderMatrix', () => {
  it('tells every kind of cell, without a width', async () => {
    await expect(plain(everyCell)).toMatchFileSnapshot('golden/matrix.txt');
  });

  it.each([80, 60])('fits %i columns', async (columns) => {
    const text = plain(everyCell, columns);
    await expect(text).toMatchFileSnapshot(`golden/matrix-${columns}.txt`);
    const tooWide = text.split('\n').filter((line) => line.length > columns);
    // Paths and links are not broken.
    expect(tooWide.filter((line) => !/\S{40}/.test(line))).toEqual([]);
  });

  it('has the same text in colours', () => {
    const colored = renderMatrix(everyCell, { colors: true, columns: 80, folder });
    expect(colored).not.toBe(plain(everyCell, 80));
    expect(stripVTControlCharacters(colored)).toBe(plain(everyCell, 80));
  });

  it('is short where all are the same and as claimed', () => {
    const runs = ['0.15.2', '0.16.1'].map((version) => runOf({ version, scenarios: [scenarioWith('pass')] }));
    expect(plain(mergeRuns(head, runs))).toMatchInlineSnapshot(`
      "                        metallb  metallb
                              0.15.2   0.16.1
                              dual     dual
         CLAIM  SCENARIO      4 6 =    4 6 =
         C2     c2-dual-pool  ✓ ✓ ✓    ✓ ✓ ✓

      4 6 =  the verdict for IPv4, for IPv6 and for the pair of both
      ✓ pass  as claimed

      metallb 0.15.2 (native) on dual · Kubernetes 1.34.2 · 31.9 s · exit code 0 · reports/runs/run-0.15.2-dual/run.json
      metallb 0.16.1 (native) on dual · Kubernetes 1.34.2 · 31.9 s · exit code 0 · reports/runs/run-0.16.1-dual/run.json

      1 scenario, 2 runs in 4 min 04 s: the same in all columns; all as known.

      matrix  reports/runs/matrix-20261123-031500-qzx/matrix.json
      "
    `);
  });

  it('says why it did not end', () => {
    const interrupted = mergeRuns({ ...head, interrupted: 'interrupted by SIGINT, after 1 of 4 runs' }, [
      runOf({ version: '0.16.1', scenarios: [scenarioWith('pass')] }),
    ]);
    expect(plain(interrupted)).toContain(
      '\nThe matrix did not end: interrupted by SIGINT, after 1 of 4 runs\n',
    );
  });

  it('lets no text of others reach the terminal as a command, nor forge a line', () => {
    const forge = '\u001B[2J\r\n✓ all is well';
    const scenario = scenarioWith('fail', { id: forge, title: forge, claim: forge, reason: forge });
    const text = plain(
      mergeRuns({ ...head, interrupted: forge }, [runOf({ version: forge, scenarios: [scenario] })]),
    );
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(text.split('\n').filter((line) => line.startsWith('✓ all'))).toEqual([]);
  });
});

it('names columns by letters, as a spreadsheet does', () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(letterOf)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
});
