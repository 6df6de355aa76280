import { cp, mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { run } from '../base/command.ts';
import { runWith, scenarioWith } from '../reports/fixtures.ts';
import { writeRunRecord } from '../reports/record-file.ts';
import { packFolder, unpackArchive } from './archive.ts';
import { chooseCase, readCase, splitReference } from './case-reference.ts';

const record = runWith();

async function reportsFolder() {
  const made = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-cases-'));
  await writeRunRecord(path.join(made.path, record.id), record);
  return made;
}

describe('splitReference', () => {
  it.each([
    ['latest#c2-dual-pool', 'latest', 'c2-dual-pool'],
    ['reports/runs/x/run.json#a', 'reports/runs/x/run.json', 'a'],
    ['a#b/run.json#c', 'a#b/run.json', 'c'],
    ['bundle.tar.gz', 'bundle.tar.gz', undefined],
  ])('%s', (text, before, scenario) => {
    expect(splitReference(text)).toEqual({ run: before, scenario });
  });
});

describe('chooseCase', () => {
  it('is the only one where none is named', () => {
    const one = scenarioWith('fail');
    expect(chooseCase(runWith([one]), undefined, 'latest')).toBe(one);
  });

  it('wants one named, and names those that are red', () => {
    expect(() => chooseCase(record, undefined, 'latest')).toThrow(
      expect.objectContaining({
        exitCode: 64,
        message: 'latest has 8 scenarios: say which one',
        hint: 'For instance latest#c6-separate-pools-are-served, latest#c4-separate-pools, latest#c8-no-advertisement, latest#c11-first-and-last, latest#issue-1339-ipv4-only.',
      }),
    );
  });

  it('knows what was meant', () => {
    expect(() => chooseCase(record, 'c2-dual-pol', 'latest')).toThrow(
      'run 20261123-014500-k3f9 has no scenario "c2-dual-pol" (did you mean "c2-dual-pool"?)',
    );
  });
});

describe('readCase', () => {
  it('finds a run by its id, its folder, its file, and by latest', async () => {
    await using reports = await reportsFolder();
    const folder = path.join(reports.path, record.id);
    await symlink(record.id, path.join(reports.path, 'latest'));
    for (const given of [record.id, folder, path.join(folder, 'run.json'), 'latest']) {
      await using found = await readCase(`${given}#c2-dual-pool`, reports.path);
      expect(found).toMatchObject({ folder, run: { id: record.id }, scenario: { id: 'c2-dual-pool' } });
    }
  });

  it('says where it looked', async () => {
    await expect(readCase('nowhere#a', '/no/reports')).rejects.toMatchObject({
      code: 'DUALVIP_RECORD_NOT_FOUND',
      message: 'there is no run nowhere',
    });
  });

  it('reads a bundle, and removes what it unpacked', async () => {
    await using reports = await reportsFolder();
    const archive = path.join(reports.path, 'x.tar.gz');
    await packFolder(path.join(reports.path, record.id), archive);
    let folder: string;
    {
      await using found = await readCase(`${archive}#c2-dual-pool`, '/no/reports');
      expect(found.scenario.id).toBe('c2-dual-pool');
      folder = found.folder;
    }
    await expect(cp(folder, path.join(reports.path, 'copy'))).rejects.toThrow('ENOENT');
  });

  it.each(['no.tar.gz', 'text.tar.gz', 'empty.tar.gz'])('refuses %s', async (name) => {
    await using reports = await reportsFolder();
    await writeFile(path.join(reports.path, 'text.tar.gz'), 'no archive');
    await mkdir(path.join(reports.path, 'empty'));
    await packFolder(path.join(reports.path, 'empty'), path.join(reports.path, 'empty.tar.gz'));
    await expect(readCase(path.join(reports.path, name), '/no')).rejects.toMatchObject({
      code: name === 'no.tar.gz' ? 'DUALVIP_RECORD_NOT_FOUND' : 'DUALVIP_BUNDLE_INVALID',
      exitCode: 64,
    });
  });
});

describe('unpackArchive', () => {
  it('takes no links, which lead out of its folder', async () => {
    await using place = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-archive-'));
    await mkdir(path.join(place.path, 'bad'));
    await mkdir(path.join(place.path, 'out'));
    await symlink('/etc', path.join(place.path, 'bad', 'etc'));
    const archive = path.join(place.path, 'bad.tar.gz');
    await packFolder(path.join(place.path, 'bad'), archive);
    await expect(unpackArchive(archive, path.join(place.path, 'out'))).rejects.toMatchObject({
      code: 'DUALVIP_BUNDLE_INVALID',
    });
  });

  it('takes no path that leads out of its folder', async () => {
    await using place = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-archive-'));
    await mkdir(path.join(place.path, 'in'));
    await mkdir(path.join(place.path, 'out'));
    await writeFile(path.join(place.path, 'victim'), '');
    const archive = path.join(place.path, 'bad.tar.gz');
    await run('tar', ['-czPf', archive, '../victim'], { cwd: path.join(place.path, 'in') });
    await expect(unpackArchive(archive, path.join(place.path, 'out'))).rejects.toMatchObject({
      code: 'DUALVIP_BUNDLE_INVALID',
    });
  });
});
