import { FAMILIES, hostPort, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import type { ClusterNode } from '../nodes.ts';
import type { FaultPlace } from './fault.ts';
import { inNode } from './node-container.ts';

/**
 * What a question by HTTPS met. `answers`: an HTTP status, whatever it is. `accepted`: the kernel made the
 * connection, and nobody behind it answers. `silent`: no connection, and nobody refused one.
 */
export type Reach = 'answers' | 'refused' | 'accepted' | 'silent';

export const KUBELET_PORT = 10_250;
export const API_PORT = 6443;

/** On one link an answer takes milliseconds. */
const WITHIN_SECONDS = 1;

export interface ReachQuestion {
  /** The node that asks. */
  from: string;
  to: ClusterNode;
  port: number;
  family: Family;
  signal: AbortSignal;
}

/** Asks one node from within another. undefined where the other has no address of the family. */
export async function reach(
  place: Pick<FaultPlace, 'docker'>,
  { from, to, port, family, signal }: ReachQuestion,
): Promise<Reach | undefined> {
  const address = to.addresses[family];
  if (address === undefined) return undefined;
  const text = await inNode(place, {
    node: from,
    script: ASK,
    args: [`https://${hostPort(address, port)}/healthz`, address, String(port)],
    signal,
  });
  return parseReach(text);
}

/**
 * Where nothing answers curl, bash tells why: curl has the same words for a port that is refused and a host that
 * is not there, and no time of a connection that went no further.
 */
const ASK = [
  `if curl --insecure --silent --noproxy '*' --output /dev/null --max-time ${WITHIN_SECONDS} "$1"; then`,
  '  echo answers',
  `elif timeout ${WITHIN_SECONDS} bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$2" "$3" 2>&1; then`,
  '  echo accepted',
  'fi',
].join('\n');

/** Reads what the script has written. */
export function parseReach(text: string): Reach {
  if (text === 'answers' || text === 'accepted') return text;
  return /connection refused/i.test(text) ? 'refused' : 'silent';
}

export interface ReachOfAll {
  from: string;
  to: readonly ClusterNode[];
  port: number;
  signal: AbortSignal;
}

/** One answer a node and family. */
export async function reachAll(
  place: Pick<FaultPlace, 'docker'>,
  { from, to, port, signal }: ReachOfAll,
): Promise<{ node: string; family: Family; met: Reach }[]> {
  const questions = to.flatMap((node) => FAMILIES.map((family) => ({ node, family })));
  const answers = await Promise.all(
    questions.map(async ({ node, family }) => {
      const met = await reach(place, { from, to: node, port, family, signal });
      return met === undefined ? [] : [{ node: node.name, family, met }];
    }),
  );
  return answers.flat();
}

/** @throws HarnessError `DUALVIP_FAULT_EFFECT` where one of them met something else */
export async function expectReach(
  place: Pick<FaultPlace, 'docker'>,
  { wanted, when, ...question }: ReachOfAll & { wanted: Reach; when: string },
): Promise<void> {
  const answers = await reachAll(place, question);
  const others = answers.filter(({ met }) => met !== wanted);
  if (others.length === 0 && answers.length > 0) return;
  const seen = others.map(({ node, family, met }) => `${node} over ${family} ${met}`).join(', ');
  throw new HarnessError(
    'DUALVIP_FAULT_EFFECT',
    `${when}, ${question.from} asks port ${question.port}, and is to meet "${wanted}" everywhere, but: ${seen || 'there is no node to ask'}`,
    { hint: 'Is the cluster whole? `kubectl get nodes` with its kubeconfig tells.' },
  );
}

/**
 * What a fault of a whole node is seen by: another node's question for its kubelet, over every family. Before the
 * fault it is answered, else its effect could not be told.
 * @throws HarnessError `DUALVIP_FAULT_EFFECT`, `DUALVIP_FAULT_TARGET`
 */
export async function askedBefore(
  place: Pick<FaultPlace, 'docker' | 'nodes'>,
  node: string,
  signal: AbortSignal,
): Promise<Omit<ReachOfAll, 'signal'>> {
  const nodes = await place.nodes();
  const question = { from: vantageOf(nodes, node).name, to: [findNode(nodes, node)], port: KUBELET_PORT };
  await expectReach(place, { ...question, wanted: 'answers', when: 'before', signal });
  return question;
}

/** A node to look from at another one: the control plane where it is not that one, as it is seldom under a fault. */
export function vantageOf(nodes: readonly ClusterNode[], target: string): ClusterNode {
  const others = nodes.filter(({ name }) => name !== target);
  const found = others.find(({ role }) => role === 'control-plane') ?? others[0];
  if (found) return found;
  throw new HarnessError('DUALVIP_FAULT_TARGET', `no other node runs from which ${target} could be seen`, {
    hint: 'Faults need a cluster of two nodes at least.',
  });
}

/** @throws HarnessError `DUALVIP_FAULT_TARGET` where it does not run */
export function findNode(nodes: readonly ClusterNode[], name: string): ClusterNode {
  const found = nodes.find((node) => node.name === name);
  if (found) return found;
  throw new HarnessError('DUALVIP_FAULT_TARGET', `${name} is no node that runs`, {
    hint: `There is: ${nodes.map((node) => node.name).join(', ')}.`,
  });
}
