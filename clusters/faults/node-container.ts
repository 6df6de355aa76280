import { HarnessError } from '../../base/errors.ts';
import type { Docker } from '../docker.ts';
import type { FaultPlace, PlacedFault } from './fault.ts';

/** `running`, `paused`, `exited` …, as the engine says; `gone` where there is no such container. */
export async function containerState(
  docker: Pick<Docker, 'lines'>,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const filter = ['--filter', `name=^${name}$`, '--format', '{{.State}}'];
  const [state] = await docker.lines(['ps', '--all', ...filter], { signal });
  return state ?? 'gone';
}

/** Whether commands can be run in a node. Where not, its processes and its network namespace are gone. */
export async function isRunning(
  docker: Pick<Docker, 'lines'>,
  node: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (await containerState(docker, node, signal)) === 'running';
}

/** The node that a fault is at. @throws HarnessError `DUALVIP_FAULT_TARGET` */
export function nodeOf({ name, node }: PlacedFault): string {
  if (node !== undefined) return node;
  throw new HarnessError('DUALVIP_FAULT_TARGET', `${name} needs a node`);
}

/** Runs a shell script in a node; `$1` … are its arguments. */
export function inNode(
  { docker }: Pick<FaultPlace, 'docker'>,
  options: { node: string; script: string; args?: readonly string[]; signal: AbortSignal },
): Promise<string> {
  const { node, script, args = [], signal } = options;
  return docker.run(['exec', node, 'sh', '-c', script, 'sh', ...args], { signal });
}
