import { homedir, hostname } from 'node:os';

import { EXIT, UsageError } from '../../base/errors.ts';
import { installedImplementation } from '../../clusters/implementations/installed.ts';
import { locatedAt } from '../../clusters/implementations/registry.ts';
import { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { readKubeconfig } from '../../clusters/kubernetes/kubeconfig.ts';
import { gatherFacts } from '../../harness/diagnosis/gather.ts';
import { liveScenario, type Expected, type LiveScenario } from '../../harness/live/live-scenario.ts';
import { liveState } from '../../harness/live/live-state.ts';
import { bounded, type BundleFile } from '../../reports/bundle/bounded.ts';
import { renderLiveReadme } from '../../reports/bundle/live-readme.ts';
import { redactedObjects, redactedText } from '../../reports/bundle/redaction.ts';
import { renderDiagnosis } from '../../reports/terminal/diagnosis.ts';
import { writeArchive } from '../bundle-archive.ts';
import type { CommandContext } from '../context.ts';
import { kubeconfigIn } from '../existing-choice.ts';
import { diagnosedOf } from './diagnose.ts';

export interface BundleLiveFlags {
  fromCluster: string;
  namespace: string;
  kubeconfig?: string;
  context?: string;
  implementation?: string;
  expect: Expected;
  output?: string;
  force: boolean;
}

const WHO = { home: homedir(), hostname: hostname() };

/** One archive of a live Service, with a scenario that makes what it met: a user's bug becomes a test. Only reads. */
export async function bundleLive(flags: BundleLiveFlags, context: CommandContext): Promise<number> {
  const { print } = context;
  await using client = new KubernetesClient(await readKubeconfig(kubeconfigIn(flags), flags.context));
  const { name, files, left, scenario } = await liveFiles(client, flags, context.signal);
  const { archive, size } = await writeArchive(name, files, flags);
  print(`bundle  ${archive}  ${Math.ceil(size / 1024)} KiB, ${files.length} files`);
  for (const one of left) print(`  left out for its size: ${one}`);
  for (const one of scenario.notes) print(`  not as it was: ${one}`);
  print('  unpacked by tar, its scenario is run by');
  print(`  dualvip run --scenarios ${name}/scenarios -t ${scenario.id}`);
  return EXIT.ok;
}

interface LiveFiles {
  /** Of the archive and the folder in it. */
  name: string;
  files: BundleFile[];
  left: string[];
  scenario: LiveScenario;
}

/** All that is in the bundle, without secrets and within bounds. */
export async function liveFiles(
  client: KubernetesClient,
  flags: Pick<BundleLiveFlags, 'fromCluster' | 'namespace' | 'implementation' | 'expect'>,
  signal: AbortSignal,
): Promise<LiveFiles> {
  const { fromCluster, namespace, expect: expected } = flags;
  const implementation = await installedImplementation(client, flags.implementation, signal);
  const facts = await gatherFacts({ client, implementation, namespace, name: fromCluster, signal });
  if (facts.service.type !== 'LoadBalancer') {
    throw new UsageError(
      'DUALVIP_SERVICE_TYPE',
      `Service ${namespace}/${fromCluster} is no LoadBalancer but of type ${facts.service.type}: it asks for no address`,
      { hint: 'Name one of type LoadBalancer; `dualvip diagnose` tells of any.' },
    );
  }
  const ref = { apiVersion: 'v1', kind: 'Service', name: fromCluster, namespace };
  const service = await client.get(ref, { signal });
  const scenario = liveScenario({ service, facts, expected });
  const located = locatedAt(implementation, facts.implementation.controller.place);
  const state = await liveState({ client, implementation: located, service, signal });
  const { files: kept, left } = bounded(
    Object.entries(state).map(([file, text]) => ({ name: `state/${file}`, content: redacted(file, text) })),
  );
  const diagnosis = renderDiagnosis(diagnosedOf(facts), { colors: false, columns: 120 });
  const { version, mode } = facts.implementation;
  const versions = { implementation: { name: facts.implementation.name, version, mode } };
  return {
    name: `${scenario.id}-${facts.implementation.name}-${version ?? 'unknown'}`,
    scenario,
    left,
    files: [
      {
        name: 'README.md',
        content: renderLiveReadme({ scenario, facts: versions.implementation, expected, left }),
      },
      { name: 'diagnosis.txt', content: redactedText(diagnosis, WHO) },
      { name: 'versions.json', content: `${JSON.stringify(versions, null, 2)}\n` },
      ...Object.entries(scenario.files).map(([file, text]) => ({
        name: `scenarios/${scenario.id}/${file}`,
        content: redacted(file, text),
      })),
      ...kept,
    ],
  };
}

function redacted(file: string, text: string): string {
  return /\.(ya?ml|json)$/.test(file) ? redactedObjects(text, WHO) : redactedText(text, WHO);
}
