import { mkdir, mkdtempDisposable, copyFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { z } from 'zod';

import { isIn } from '../../base/addresses.ts';
import { UsageError } from '../../base/errors.ts';
import { LABEL, type Docker } from '../../clusters/docker.ts';
import type { GivenProbe } from '../../clusters/existing/existing-cluster.ts';
import type { ClusterNode } from '../../clusters/nodes.ts';
import { AGENT_PACKAGE, agentFiles, CONTAINER_ROOT } from './agent-files.ts';

/** On a container that its user has started to be a probe: what else it is for, the harness would take its routes from. */
const GIVEN_LABEL = 'dev.dualvip.probe';

const containerSchema = z.tuple([
  z.object({
    Id: z.string(),
    Name: z.string(),
    State: z.object({ Running: z.boolean() }),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
    NetworkSettings: z.object({ Networks: z.record(z.string(), z.unknown()) }),
  }),
]);

/**
 * The container that a user has started by the command that `probeCommand` gives, with the agent put into it.
 * @throws UsageError `DUALVIP_PROBE_UNFIT` for a container that was started otherwise, or is not there
 */
export async function giveAgent(docker: Docker, name: string, signal: AbortSignal): Promise<GivenProbe> {
  const text = await docker.run(['container', 'inspect', name], { signal }).catch((cause: unknown) => {
    throw unfit(`there is no container ${name} in the engine that answers`, cause);
  });
  const [container] = containerSchema.parse(JSON.parse(text));
  const networks = Object.keys(container.NetworkSettings.Networks);
  const [network] = networks;
  if (!(GIVEN_LABEL in (container.Config.Labels ?? {})))
    throw unfit(`container ${name} has no label ${GIVEN_LABEL}: it is for something else`);
  if (!container.State.Running) throw unfit(`container ${name} does not run`);
  if (network === undefined || networks.length > 1)
    throw unfit(`container ${name} is on ${networks.length} networks, and not on one`);
  if (network === 'host' || network === 'none')
    throw unfit(`container ${name} has no network of its own, but that of the ${network}`);
  await copyAgent(docker, container.Id, signal);
  return { id: container.Id, name: container.Name.replace(/^\//, ''), network };
}

function unfit(problem: string, cause?: unknown): UsageError {
  return new UsageError('DUALVIP_PROBE_UNFIT', problem, {
    cause,
    hint: 'Start it by the command that a run without --probe prints; DOCKER_HOST names its engine.',
  });
}

async function copyAgent(docker: Docker, id: string, signal: AbortSignal): Promise<void> {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-agent-'));
  const at = (target: string) => path.join(folder.path, path.posix.relative(CONTAINER_ROOT, target));
  await writeFile(at(AGENT_PACKAGE.target), AGENT_PACKAGE.content);
  for (const { source, target } of await agentFiles()) {
    await mkdir(path.dirname(at(target)), { recursive: true });
    await copyFile(source, at(target));
  }
  await docker.run(['cp', `${folder.path}/.`, `${id}:${CONTAINER_ROOT}/`], { signal });
}

const networkSchema = z.object({
  Name: z.string(),
  Driver: z.string(),
  IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().optional() })).nullish() }),
});

/**
 * The command that starts a probe. Where an engine answers, with the network of it that the nodes are on and the image
 * that it has; else with names to be filled in.
 */
export async function probeCommand(
  docker: Docker,
  nodes: readonly Pick<ClusterNode, 'addresses'>[],
  signal: AbortSignal,
): Promise<string> {
  const [network = 'NETWORK', image = 'IMAGE'] = await Promise.all([
    networkOf(docker, nodes, signal).catch(() => undefined),
    imageOf(docker, signal).catch(() => undefined),
  ]);
  return [
    'docker run --detach --rm --name dualvip-probe',
    `--label ${GIVEN_LABEL} --cap-add NET_ADMIN --network ${network} ${image} sleep infinity`,
  ].join(' ');
}

async function networkOf(
  docker: Docker,
  nodes: readonly Pick<ClusterNode, 'addresses'>[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const ids = await docker.lines(['network', 'ls', '--quiet'], { signal });
  if (ids.length === 0) return undefined;
  const text = await docker.run(['network', 'inspect', ...ids], { signal });
  const addresses = nodes.flatMap((node) => Object.values(node.addresses));
  return z
    .array(networkSchema)
    .parse(JSON.parse(text))
    .find(({ IPAM }) =>
      (IPAM.Config ?? []).some(
        ({ Subnet }) => Subnet !== undefined && addresses.some((address) => isIn(address, Subnet)),
      ),
    )?.Name;
}

/** The newest that was built or pulled for probes; the newest comes first. */
async function imageOf(docker: Docker, signal: AbortSignal): Promise<string | undefined> {
  const filter = ['--filter', `label=${LABEL.image}=probe`, '--format', '{{.Repository}}:{{.Tag}}'];
  const images = await docker.lines(['image', 'ls', ...filter], { signal });
  return images.find((name) => !name.includes('<none>'));
}
