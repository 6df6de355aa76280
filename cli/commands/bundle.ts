import { existsSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import path from 'node:path';

import { stringify } from 'yaml';

import { EXIT } from '../../base/errors.ts';
import { BACKEND, canonicalName, KIND_NODE } from '../../clusters/images/published/pins.ts';
import { BACKEND_IMAGE } from '../../clusters/images/source/image-names.ts';
import { backendObjects } from '../../harness/run/backend.ts';
import { byHand } from '../../harness/run/by-hand.ts';
import { catalogueFolder } from '../../harness/run/catalogue.ts';
import { namespaceOf } from '../../harness/run/run.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { bounded, type BundleFile } from '../../reports/bundle/bounded.ts';
import { connect, renderReadme } from '../../reports/bundle/readme.ts';
import { redactedObjects, redactedText } from '../../reports/bundle/redaction.ts';
import { CLUSTER_FILES, RECORD_FILE } from '../../reports/record-file.ts';
import type { RunRecord, ScenarioRecord } from '../../reports/record/record.ts';
import { renderRun } from '../../reports/terminal/run.ts';
import { archiveOf, writeArchive } from '../bundle-archive.ts';
import { readCase, type RecordedCase } from '../case-reference.ts';
import type { CommandContext } from '../context.ts';

export interface BundleFlags {
  reports: string;
  output?: string;
  force: boolean;
}

const WHO = { home: homedir(), hostname: hostname() };

/** One archive with all that somebody needs who looks at a case and has no dualvip. */
export async function bundle(
  reference: string,
  flags: BundleFlags,
  { print }: CommandContext,
): Promise<number> {
  await using recorded = await readCase(reference, flags.reports);
  const { run, scenario } = recorded;
  const name = `${scenario.id}-${run.implementation.name}-${run.implementation.version}-${run.id}`;
  // Told before the work, which may take a while.
  archiveOf(name, flags);
  const { files, left } = await bundleFiles(recorded);
  const { archive, size } = await writeArchive(name, files, flags);
  print(`bundle  ${archive}  ${Math.ceil(size / 1024)} KiB, ${files.length} files`);
  for (const one of left) print(`  left out for its size: ${one}`);
  print('  README.md in it needs kind and kubectl only; whoever has dualvip types:');
  print(`  dualvip reproduce ${archive}`);
  return EXIT.ok;
}

/** All that is in a bundle, without secrets and within bounds. */
export async function bundleFiles(recorded: RecordedCase): Promise<{ files: BundleFile[]; left: string[] }> {
  const { folder, scenario: shown } = recorded;
  const evidence = await evidenceOf(recorded);
  const { files: kept, left } = bounded(evidence);
  const present = new Set(kept.map(({ name }) => name));
  const scenario = { ...shown, evidence: shown.evidence.filter((file) => present.has(posix(file))) };
  const run: RunRecord = { ...recorded.run, scenarios: [scenario] };
  const namespace = scenario.held?.namespace ?? namespaceIn(kept) ?? namespaceOf(run.id);
  const catalogue = await textsOf(
    path.join(catalogueFolder(folder), scenario.id),
    `catalogue/${scenario.id}`,
    ['scenario.yaml', ...(await manifestNames(folder, scenario))],
  );
  const cluster = await textsOf(path.join(folder, CLUSTER_FILES), 'cluster', [
    'kind.yaml',
    'implementation.yaml',
  ]);
  const applied = appliedIn(kept, scenario);
  const manifests = applied.map(({ name, content }, index) => ({
    applied: path.posix.basename(name),
    name: `manifests/${String(index + 1).padStart(2, '0')}-${path.posix.basename(name)}`,
    content: String(content).replaceAll(BACKEND_IMAGE, canonicalName(BACKEND)),
  }));
  const readme = renderReadme({
    ...{ run, scenario, namespace, left },
    hasCluster: cluster.length === 2,
    nodeImage: canonicalName(KIND_NODE),
    steps:
      catalogue.length === 0
        ? manifests.map(({ name }) => ({ id: name, does: 'applied', commands: [`kubectl apply -f ${name}`] }))
        : byHand({
            scenario: await loadScenario(path.join(catalogueFolder(folder), scenario.id)),
            namespace,
            fileOf: (one) => manifests.find((file) => file.applied === one)?.name,
            addressesOf: (service) => lastAddresses(scenario, service),
            connect,
          }),
  });
  return {
    files: [
      text('README.md', readme),
      text('report.txt', renderRun(run, { colors: false, columns: 120, folder: '.' })),
      text(RECORD_FILE, `${JSON.stringify(run, null, 2)}\n`),
      text('versions.json', `${JSON.stringify(versionsOf(run), null, 2)}\n`),
      text('manifests/00-namespace-and-backend.yaml', backendText(namespace, run.id)),
      ...manifests.map(({ name, content }) => ({ name, content })),
      ...cluster,
      ...catalogue,
      ...kept,
    ],
    left,
  };
}

/** The evidence that the record names, redacted; nothing from outside of the run's folder, and no links. */
async function evidenceOf({ folder, scenario }: RecordedCase): Promise<BundleFile[]> {
  const files: BundleFile[] = [];
  for (const name of scenario.evidence) {
    const file = path.resolve(folder, name);
    const isInside = !path.relative(folder, file).startsWith('..');
    const found = isInside ? await lstat(file).catch(() => undefined) : undefined;
    if (!found?.isFile()) continue;
    const content = await readFile(file);
    // What is no text cannot be looked through for secrets: only what the harness has captured itself.
    if (name.endsWith('.pcap')) files.push({ name: posix(name), content });
    else if (!content.includes(0))
      files.push({ name: posix(name), content: redactedFile(name, content.toString()) });
  }
  return files;
}

function text(name: string, content: string): BundleFile {
  return { name, content: redactedText(content, WHO) };
}

function redactedFile(name: string, content: string): string {
  return /\.(ya?ml|json)$/.test(name) ? redactedObjects(content, WHO) : redactedText(content, WHO);
}

async function textsOf(folder: string, as: string, names: readonly string[]): Promise<BundleFile[]> {
  const texts = await Promise.all(
    names.map((name) => readFile(path.join(folder, name), 'utf8').catch(() => undefined)),
  );
  return texts.flatMap((one, index) =>
    one === undefined ? [] : [{ name: `${as}/${names[index]}`, content: redactedFile('x.yaml', one) }],
  );
}

async function manifestNames(folder: string, { id }: ScenarioRecord): Promise<string[]> {
  const place = path.join(catalogueFolder(folder), id);
  if (!existsSync(path.join(place, 'scenario.yaml'))) return [];
  return Object.keys((await loadScenario(place)).manifests).map((name) => `manifests/${name}`);
}

/** In the order in which they were applied, which is that of the record. */
function appliedIn(files: readonly BundleFile[], { evidence }: ScenarioRecord): BundleFile[] {
  const order = evidence.map(posix);
  const applied = files.filter(({ name }) => /\/applied\/[^/]+$/.test(name));
  // A file that a scenario applies twice is there once.
  const once = new Map(applied.map((file) => [file.name, file]));
  return [...once.values()].toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** Where scenarios run at the same time, each has a namespace of its own. */
function namespaceIn(files: readonly BundleFile[]): string | undefined {
  const texts = files.flatMap(({ name, content }) =>
    name.includes('/applied/') && typeof content === 'string' ? [content] : [],
  );
  return texts
    .map((one) => /^ {2}namespace: (dualvip-\S+)$/m.exec(one)?.[1])
    .find((one) => one !== undefined);
}

function lastAddresses({ observations }: ScenarioRecord, service: string): readonly string[] {
  const last = observations.findLast(
    (one) => one.kind === 'service' && one.service === service && one.addresses.length > 0,
  );
  return last?.kind === 'service' ? last.addresses : [];
}

function backendText(namespace: string, runId: string): string {
  const objects = backendObjects({ namespace, runId, image: canonicalName(BACKEND) });
  return objects.map((object) => stringify(object)).join('---\n');
}

function versionsOf(run: RunRecord) {
  const { harness, engine, machine, implementation, cluster, settings } = run;
  const { kubernetes, topology, images } = cluster;
  return { dualvip: harness, engine, machine, implementation, kubernetes, topology, images, settings };
}

function posix(name: string): string {
  return name.split(path.sep).join('/');
}
