import { hasColors } from '../../base/colors.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import type { Family } from '../../base/addresses.ts';
import type { Progress } from '../../base/progress.ts';
import { kubeconfigPath } from '../../clusters/cluster-state.ts';
import { installedImplementation } from '../../clusters/implementations/installed.ts';
import { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { readKubeconfig } from '../../clusters/kubernetes/kubeconfig.ts';
import { diagnose as diagnoseFacts } from '../../harness/diagnosis/diagnose.ts';
import { nameOf, type Facts } from '../../harness/diagnosis/facts.ts';
import { gatherFacts } from '../../harness/diagnosis/gather.ts';
import { renderDiagnosis, type Diagnosed } from '../../reports/terminal/diagnosis.ts';
import { chosenCluster } from '../chosen-cluster.ts';
import type { CommandContext } from '../context.ts';

export interface DiagnoseFlags {
  namespace: string;
  kubeconfig?: string;
  context?: string;
  name?: string;
  implementation?: string;
  family?: readonly Family[];
  json: boolean;
}

/** Tells why a Service lacks an address or is not reached, in any cluster. Exit code 1 when something is found. */
export async function diagnose(
  name: string,
  flags: DiagnoseFlags,
  { signal, progress, print }: CommandContext,
): Promise<number> {
  await using client = new KubernetesClient(
    await readKubeconfig(await kubeconfigOf(flags, progress), flags.context),
  );
  const implementation = await installedImplementation(client, flags.implementation, signal);
  const { namespace, family: wanted } = flags;
  const facts = await gatherFacts({ client, implementation, namespace, name, wanted, signal });
  const diagnosed = diagnosedOf(facts);
  print(flags.json ? JSON.stringify(diagnosed, null, 2) : render(diagnosed));
  return diagnosed.diagnoses.length === 0 ? EXIT.ok : EXIT.verdict;
}

/**
 * Of the cluster that is named, else the user's own, else of the cluster that any command takes.
 * @throws UsageError `DUALVIP_FLAGS_CONFLICT`, and as `chooseCluster`
 */
export async function kubeconfigOf(
  { kubeconfig, name }: Pick<DiagnoseFlags, 'kubeconfig' | 'name'>,
  progress: Pick<Progress, 'note'>,
): Promise<string> {
  if (kubeconfig !== undefined && name !== undefined) {
    throw new UsageError('DUALVIP_FLAGS_CONFLICT', '--kubeconfig and --name both say which cluster', {
      hint: 'Give one of them: --name is for clusters of dualvip.',
    });
  }
  const users = kubeconfig ?? (name === undefined ? process.env['KUBECONFIG'] : undefined);
  return users || kubeconfigPath(await chosenCluster(name, progress));
}

export function diagnosedOf(facts: Facts): Diagnosed {
  const { service, implementation } = facts;
  const { ipFamilyPolicy, ipFamilies, addresses } = service;
  return {
    service: nameOf(service),
    ipFamilyPolicy,
    ipFamilies,
    addresses,
    implementation: [implementation.name, implementation.version ?? ''].join(' ').trimEnd(),
    diagnoses: diagnoseFacts(facts),
  };
}

function render(diagnosed: Diagnosed): string {
  const { columns } = process.stdout;
  return renderDiagnosis(diagnosed, { colors: hasColors('stdout'), columns }).trimEnd();
}
