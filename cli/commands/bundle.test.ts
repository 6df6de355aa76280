import { cp, mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { silent } from '../../base/progress.ts';
import { PROJECT_ROOT } from '../../base/folders.ts';
import { runWith, scenarioWith } from '../../reports/fixtures.ts';
import { runRecordSchema } from '../../reports/record/record.ts';
import { writeRunRecord } from '../../reports/record-file.ts';
import { readCase } from '../case-reference.ts';
import { bundle, bundleFiles } from './bundle.ts';

const ID = 'not-advertised';
const TOKEN = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(30)}.${'c'.repeat(43)}`;
const SECRET = 'c2VjcmV0IQ==';
const folder = `scenarios/${ID}`;

const scenario = scenarioWith('fail', {
  id: ID,
  evidence: [
    `${folder}/applied/pools.yaml`,
    `${folder}/applied/service.yaml`,
    `${folder}/applied/secret.yaml`,
    `${folder}/logs/speaker.log`,
    `${folder}/capture.pcap`,
    `${folder}/binary`,
    `${folder}/link`,
    '../outside.txt',
    `${folder}/never-written.txt`,
  ],
});
const record = runWith([scenario], { command: ['run', '--registry-prefix', 'mirror.corp/x'] });

async function runFolder(reports: string): Promise<void> {
  const run = path.join(reports, record.id);
  await writeRunRecord(run, record);
  for (const name of ['applied', 'logs']) await mkdir(path.join(run, folder, name), { recursive: true });
  await mkdir(path.join(run, 'cluster'));
  await cp(path.join(PROJECT_ROOT, 'e2e/scenarios', ID), path.join(run, 'catalogue', ID), {
    recursive: true,
  });
  const file = (name: string, content: string | Uint8Array) =>
    writeFile(path.join(run, folder, name), content);
  await file('applied/pools.yaml', 'kind: IPAddressPool\nmetadata:\n  name: dual-pool\n');
  await file(
    'applied/service.yaml',
    'kind: Service\nmetadata:\n  name: web-frontend\n  namespace: dualvip-x-2\n',
  );
  await file('applied/secret.yaml', `kind: Secret\nmetadata: { name: s }\ndata: { a: ${SECRET} }\n`);
  await file('logs/speaker.log', `Authorization: Bearer ${TOKEN}\n`);
  await file('capture.pcap', new Uint8Array([0, 1, 2]));
  await file('binary', new Uint8Array([0, 1, 2]));
  await symlink('/etc/hostname', path.join(run, folder, 'link'));
  await writeFile(path.join(reports, 'outside.txt'), 'not of the run');
  await writeFile(path.join(run, 'cluster/kind.yaml'), 'kind: Cluster\n');
  await writeFile(path.join(run, 'cluster/implementation.yaml'), 'kind: Namespace\n');
}

let texts: Map<string, string>;

beforeAll(async () => {
  await using reports = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-bundle-test-'));
  await runFolder(reports.path);
  await using recorded = await readCase(`${record.id}#${ID}`, reports.path);
  const { files } = await bundleFiles(recorded);
  texts = new Map(files.map(({ name, content }) => [name, Buffer.from(content).toString()]));
});

describe('bundleFiles', () => {
  it('has what a maintainer needs, and nothing from elsewhere', () => {
    expect([...texts.keys()]).toEqual([
      'README.md',
      'report.txt',
      'run.json',
      'versions.json',
      'manifests/00-namespace-and-backend.yaml',
      'manifests/01-pools.yaml',
      'manifests/02-service.yaml',
      'manifests/03-secret.yaml',
      'cluster/kind.yaml',
      'cluster/implementation.yaml',
      `catalogue/${ID}/scenario.yaml`,
      `catalogue/${ID}/manifests/service.yaml`,
      `${folder}/applied/pools.yaml`,
      `${folder}/applied/service.yaml`,
      `${folder}/applied/secret.yaml`,
      `${folder}/logs/speaker.log`,
      `${folder}/capture.pcap`,
    ]);
  });

  it('has no secret, no token and no mirror in any of them', () => {
    for (const [name, text] of texts) {
      for (const secret of [TOKEN, SECRET, 'mirror.corp', 'not of the run']) {
        expect(text.includes(secret), `${secret} in ${name}`).toBe(false);
      }
    }
    // The control: they were there, and what stood around them still is.
    expect(texts.get(`${folder}/logs/speaker.log`)).toBe('Authorization: Bearer REDACTED\n');
    expect(texts.get('manifests/03-secret.yaml')).toContain('REDACTED');
  });

  it('is for the namespace of the manifests, with a backend that can be pulled', () => {
    expect(texts.get('manifests/00-namespace-and-backend.yaml')).toMatch(
      /name: dualvip-x-2[\s\S]*image: registry\.k8s\.io\/e2e-test-images\/agnhost:2\./,
    );
    expect(texts.get('README.md')).toContain('kubectl apply -f manifests/02-service.yaml');
  });

  it('has a record that names what is in the bundle only', () => {
    const { scenarios } = runRecordSchema.parse(JSON.parse(texts.get('run.json') ?? ''));
    expect(scenarios[0]?.evidence.every((file) => texts.has(file))).toBe(true);
  });
});

describe('bundle', () => {
  it('is an archive that reads as a run again, and writes over no file', async () => {
    await using reports = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-bundle-test-'));
    await runFolder(reports.path);
    const output = path.join(reports.path, 'case.tar.gz');
    const told: string[] = [];
    const context = {
      signal: new AbortController().signal,
      progress: silent,
      origin: 0,
      print: (text: string) => told.push(text),
    };
    const flags = { reports: reports.path, output, force: false };
    expect(await bundle(`${record.id}#${ID}`, flags, context)).toBe(0);
    expect(told.at(-1)).toBe(`  dualvip reproduce ${output}`);
    await using again = await readCase(output, '/none');
    expect(again.scenario.id).toBe(ID);
    await expect(bundle(`${record.id}#${ID}`, flags, context)).rejects.toMatchObject({
      code: 'DUALVIP_FILE_EXISTS',
      exitCode: 64,
    });
  });
});
