import { randomBytes } from 'node:crypto';

import { LABEL } from '../docker.ts';
import type { FaultPlace } from './fault.ts';

/** A container in the network namespace of the engine's host. It sends nothing. */
export interface HostNetwork extends AsyncDisposable {
  run(command: readonly [string, ...string[]], signal: AbortSignal): Promise<string>;
}

/**
 * Where Docker is in a virtual machine, the host is that one, so its bridges are reached by a container and not
 * from here. The probe's image has iproute2.
 */
export async function openHostNetwork(
  { docker, state }: Pick<FaultPlace, 'docker' | 'state'>,
  signal: AbortSignal,
): Promise<HostNetwork> {
  const name = `${state.name}-host-${randomBytes(4).toString('hex')}`;
  // By the labels, the next run and `down` find what a killed run has left.
  const labels = [`${LABEL.cluster}=${state.name}`, `${LABEL.run}=faults`];
  const id = await docker.run(
    [
      ...['run', '--detach', '--pull', 'never', '--name', name],
      ...labels.flatMap((label) => ['--label', label]),
      ...['--privileged', '--network', 'host', '--pid', 'host'],
      ...[state.images.probe, 'sleep', '600'],
    ],
    { signal, hint: 'It takes privileged containers in the network namespace of the engine’s host.' },
  );
  return {
    run: (command, stop) => docker.run(['exec', id, ...command], { signal: stop }),
    async [Symbol.asyncDispose]() {
      await docker.run(['rm', '--force', '--volumes', id]);
    },
  };
}
