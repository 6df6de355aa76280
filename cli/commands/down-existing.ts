import { EXIT } from '../../base/errors.ts';
import { RunJournal } from '../../clusters/existing/run-journal.ts';
import { installedImplementation } from '../../clusters/implementations/installed.ts';
import { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { readContext } from '../../clusters/kubernetes/kubeconfig.ts';
import { removeObjects } from '../../harness/run/left-over.ts';
import type { CommandContext } from '../context.ts';

export interface DownExistingFlags {
  kubeconfig: string;
  context?: string;
}

/** Removes what runs of dualvip have left in somebody's cluster, from whatever machine; the cluster stays. */
export async function downExisting(
  flags: DownExistingFlags,
  { signal, progress, print }: CommandContext,
): Promise<number> {
  const { context, access } = await readContext(flags.kubeconfig, flags.context);
  await using client = new KubernetesClient(access);
  const implementation = await installedImplementation(client, undefined, signal);
  const journal = new RunJournal(access.server);
  const begun = await journal.begun();
  const removed = await progress.step(`removing what runs left in ${context}`, () =>
    removeObjects(client, implementation, { signal }),
  );
  await journal.ended(begun);
  print(removed.length > 0 ? `removed from ${context}: ${removed.join(', ')}` : 'nothing to remove');
  return EXIT.ok;
}
