import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { FAMILIES, type Family } from '../../base/addresses.ts';
import type { Docker } from '../../clusters/docker.ts';
import { temporaryFolder } from '../../clusters/images/temporary-folder.ts';
import { AGENT_PACKAGE, agentFiles } from '../probe/agent-files.ts';
import { attachProbe, type StartedProbe } from '../probe/probe.ts';

export interface ClientOptions {
  docker: Docker;
  /** The probe's image. */
  image: string;
  network: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** The router's addresses on that network. */
  router: Readonly<Record<Family, string>>;
  /** What is reached by way of it, as prefixes; there is no other route off the network. */
  prefixes: Readonly<Record<Family, readonly string[]>>;
  signal: AbortSignal;
}

/**
 * Starts a client behind the router: a probe with its agent, whose only ways off its network lead to what is
 * announced, and to the nodes for the control.
 * @throws as `attachProbe`; nothing is left of it then
 */
export async function startClient(options: ClientOptions): Promise<StartedProbe> {
  const { docker, image, network, name, labels, router, prefixes, signal } = options;
  await using stack = new AsyncDisposableStack();
  const id = await docker.run(
    [
      ...['run', '--detach', '--pull', 'never', '--name', name, '--network', network],
      ...['--cap-add', 'NET_ADMIN'],
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...[image, 'sleep', 'infinity'],
    ],
    { signal },
  );
  stack.defer(async () => void (await docker.run(['rm', '--force', '--volumes', id])));
  await copyAgent(docker, id, signal);
  const probe = stack.use(await attachProbe({ docker, id, network, families: FAMILIES, signal }));
  for (const family of FAMILIES) {
    const input = prefixes[family].map((one) => `route replace ${one} via ${router[family]}\n`).join('');
    const ip = ['ip', family === 'IPv4' ? '-4' : '-6', '-batch', '-'];
    await docker.run(['exec', '--interactive', id, ...ip], { input, signal });
  }
  const started = stack.move();
  return { ...probe, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

async function copyAgent(docker: Docker, id: string, signal: AbortSignal): Promise<void> {
  await using folder = await temporaryFolder();
  const placed = (target: string) => path.join(folder.path, target);
  for (const { source, target } of await agentFiles()) {
    await mkdir(path.dirname(placed(target)), { recursive: true });
    await copyFile(source, placed(target));
  }
  await writeFile(placed(AGENT_PACKAGE.target), AGENT_PACKAGE.content);
  await docker.run(['cp', `${folder.path}/.`, `${id}:/`], { signal });
}
