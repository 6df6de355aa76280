import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { HOSTILE, hostileRun, UNSAFE } from '../ci/hostile.ts';
import { scenarioWith, runWith } from '../fixtures.ts';
import { printableText } from '../printable.ts';
import { conformanceFileName, conformanceYaml, readConformance, readPublished } from './conformance-file.ts';
import { conformanceOf } from './conformance.ts';
import { fullRun, PROFILE } from './fixtures.ts';
import type { Profile } from './profile.ts';

const report = conformanceOf(PROFILE, [fullRun()]);
const temporary = () => mkdtempDisposable(path.join(tmpdir(), 'dualvip-conformance-'));

describe('readConformance', () => {
  it('reads what was written', async () => {
    await using folder = await temporary();
    const file = path.join(folder.path, 'report.yaml');
    await writeFile(file, conformanceYaml(report));
    expect(await readConformance(file)).toEqual(report);
  });

  it.each([
    ['no YAML', 'a: [', 'Flow sequence in block collection must be sufficiently indented'],
    ['another document', 'a: 1', 'version: Invalid input: expected "dualvip/conformance/v1"'],
    [
      'a status that there is none of',
      conformanceYaml(report).replace('status: supported', 'status: fine'),
      'core.features[0].status: Invalid option: expected one of "supported"|"deviating"|"failing"|"unsupported"|"untested"',
    ],
  ])('says of %s what is wrong', async (_, text, problem) => {
    await using folder = await temporary();
    const file = path.join(folder.path, 'report.yaml');
    await writeFile(file, text);
    const error: unknown = await readConformance(file).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DUALVIP_CONFORMANCE_INVALID' });
    expect(error instanceof Error && error.message).toContain(`${file} is no conformance report: ${problem}`);
  });

  it('is a usage error for a file that is not there', async () => {
    await expect(readConformance('/nonexistent.yaml')).rejects.toMatchObject({
      code: 'DUALVIP_CONFORMANCE_NOT_FOUND',
      exitCode: 64,
    });
  });
});

const hostileProfile: Profile = {
  name: 'hostile',
  version: 1,
  features: [
    {
      ...{ name: 'one', level: 'core', of: 'implementation', title: 'One', meaning: 'It is.' },
      scenarios: [HOSTILE, 'broken'],
    },
  ],
};

describe('conformanceYaml', () => {
  it('keeps text of others in its place', async () => {
    const evil = 'x"\n\u001b[31m- <script>: *a\ud800 %\u0000';
    const hostile = scenarioWith('error', { id: 'core-1', reason: evil });
    const yaml = conformanceYaml(conformanceOf(PROFILE, [runWith([hostile])]));
    // oxlint-disable-next-line no-control-regex
    expect(yaml).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    await using folder = await temporary();
    const file = path.join(folder.path, 'report.yaml');
    await writeFile(file, yaml);
    expect((await readConformance(file)).core.features[0]?.skipped?.[0]).toEqual({
      scenario: 'core-1',
      reason: String.raw`error: x"\n\x1b[31m- <script>: *a\u{d800} %\x00`,
    });
  });
});

describe('a hostile run', () => {
  it('is text in YAML, and stays what it was', async () => {
    const yaml = conformanceYaml(conformanceOf(hostileProfile, [hostileRun()]));
    expect(UNSAFE.exec(yaml)).toBeNull();
    await using folder = await temporary();
    const file = path.join(folder.path, 'report.yaml');
    await writeFile(file, yaml);
    const read = await readConformance(file);
    expect(read.implementation.name).toBe(printableText(HOSTILE));
    expect(read.core.features[0]?.failed).toEqual([printableText(HOSTILE)]);
  });
});

describe('readPublished', () => {
  it('has the oldest version first, and another implementation last', async () => {
    await using folder = await temporary();
    const names = [
      ['cilium', '1.15.19', 'lb-ipam'],
      ['metallb', '0.16.1', 'frr'],
      ['metallb', '0.16.1', 'native'],
      ['metallb', '0.9.2', 'native'],
    ] as const;
    for (const [name, version, mode] of names) {
      const one = { ...report, implementation: { name, version, mode } };
      await writeFile(path.join(folder.path, conformanceFileName(one)), conformanceYaml(one));
    }
    await writeFile(path.join(folder.path, 'notes.txt'), 'no report');
    expect((await readPublished(folder.path)).map(conformanceFileName)).toEqual([
      'metallb-0.9.2.yaml',
      'metallb-0.16.1.yaml',
      'metallb-0.16.1-frr.yaml',
      'cilium-1.15.19.yaml',
    ]);
  });

  it('is none where there is no folder', async () => {
    expect(await readPublished('/nonexistent')).toEqual([]);
  });
});
