import { mkdtempDisposable, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { SCENARIOS_FOLDER } from '../../harness/run/plan.ts';
import { runWith } from '../../reports/fixtures.ts';
import { between } from '../../reports/profile/markdown-table.ts';
import { readConformance, readPublished } from '../../reports/profile/conformance-file.ts';
import { loadProfile } from '../../reports/profile/profile.ts';
import { writeRunRecord } from '../../reports/record-file.ts';
import { conformance, generatedTables } from './conformance.ts';

async function runs() {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-conformance-'));
  const implementation = { name: 'metallb', version: '0.16.1', mode: 'native' };
  for (const record of [runWith(), runWith(undefined, { id: 'newer', implementation })]) {
    await writeRunRecord(path.join(folder.path, record.id), record);
  }
  await symlink('newer', path.join(folder.path, 'latest'));
  return folder;
}

async function asked(given: string[], flags: { reports: string; output?: string }) {
  const printed: string[] = [];
  const exitCode = await conformance(given, flags, { print: (text) => printed.push(text) });
  return { exitCode, printed };
}

describe('conformance', () => {
  it('prints the report of the newest run', async () => {
    await using folder = await runs();
    const { exitCode, printed } = await asked([], { reports: folder.path });
    expect(exitCode).toBe(0);
    expect(printed.join('\n')).toContain('  name: metallb\n  version: 0.16.1\n  mode: native\n');
  });

  it('writes it, and takes a run that is named twice once', async () => {
    await using folder = await runs();
    const output = path.join(folder.path, 'made', 'report.yaml');
    const { printed } = await asked(['newer', 'latest'], { reports: folder.path, output });
    expect(printed).toEqual([
      expect.stringMatching(/^failure: core features fail, and not as is known\. /),
      'made of 1 run: newer (dual)',
      // c4-separate-pools has a deviation that was not seen.
      expect.stringMatching(/^known to deviate, and passes: c4-separate-pools \(/),
      output,
    ]);
    expect((await readConformance(output)).runs.map(({ id }) => id)).toEqual(['newer']);
  });

  it('refuses runs of several implementations', async () => {
    await using folder = await runs();
    await expect(asked(['newer', runWith().id], { reports: folder.path })).rejects.toMatchObject({
      code: 'DUALVIP_CONFORMANCE_MIXED',
      message: 'these are runs of metallb@0.16.1 and metallb@0.15.2',
      exitCode: 64,
    });
  });
});

describe('the profile', () => {
  it('has every scenario once (else: reports/profile/dual-stack.yaml, then dualvip conformance table)', async () => {
    const [profile, scenarios] = await Promise.all([loadProfile(), loadScenarios(SCENARIOS_FOLDER)]);
    const proving = profile.features.flatMap((feature) => feature.scenarios);
    expect(proving.toSorted()).toEqual(scenarios.map(({ id }) => id).toSorted());
  });

  it('has every feature once', async () => {
    const names = (await loadProfile()).features.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });
});

describe('the generated tables', () => {
  it('are current (else: dualvip conformance table)', async () => {
    const tables = await generatedTables();
    expect(tables.map(({ file }) => file)).toEqual(['README.md', 'docs/conformance.md']);
    for (const { file, name, text } of tables) {
      const document = await readFile(path.join(PROJECT_ROOT, file), 'utf8');
      expect(between(name, document, text)).toBe(document);
    }
  });
});

describe('reports/conformance', () => {
  it('has reports of runs that had every core scenario, against the profile of today', async () => {
    const { version } = await loadProfile();
    for (const report of await readPublished()) {
      const skipped = report.core.features.flatMap(({ skipped: some = [] }) => some);
      expect(skipped.filter(({ reason }) => reason === 'not run')).toEqual([]);
      expect(report.profile.version).toBe(version);
    }
  });
});
