import type { FaultPlace } from './fault.ts';
import type { ClusterNode } from '../nodes.ts';

/** What the docker client was asked, as one line, and what it answers. */
export type FakeAnswer = (command: string, input: string | undefined) => string | undefined;

export const FAKE_NODES: ClusterNode[] = [
  node('demo-control-plane', 'control-plane', 2),
  node('demo-worker', 'worker', 3),
  node('demo-worker2', 'worker', 4),
];

function node(name: string, role: ClusterNode['role'], last: number): ClusterNode {
  return {
    name,
    containerId: `id-${name}`,
    role,
    addresses: { IPv4: `172.18.0.${last}`, IPv6: `fd00:aaaa::${last}` },
    mac: `02:42:ac:12:00:0${last}`,
  };
}

function unexpected(): Promise<never> {
  return Promise.reject(new Error('the API was not to be asked'));
}

/** For unit tests: a place whose docker client answers by a function, and notes what it was asked. */
export function fakePlace(
  answer: FakeAnswer,
  over: Partial<FaultPlace> = {},
): { place: FaultPlace; asked: string[] } {
  const asked: string[] = [];
  const run = (args: readonly string[], options: { input?: string | Uint8Array } = {}) => {
    const command = args.join(' ');
    const input = typeof options.input === 'string' ? options.input : undefined;
    asked.push(command);
    return Promise.resolve(answer(command, input) ?? '');
  };
  const place: FaultPlace = {
    docker: {
      run,
      lines: async (args) => (await run(args)).split('\n').filter((line) => line !== ''),
    },
    client: {
      get: unexpected,
      list: unexpected,
      patch: unexpected,
      delete: unexpected,
      follow: () => {
        throw new Error('the API was not to be asked');
      },
    },
    state: {
      name: 'demo',
      workers: 2,
      network: { name: 'demo', ours: true },
      images: { origin: 'source', node: 'node', probe: 'probe', backend: 'backend', kubernetesVersion: '1' },
    },
    controller: { namespace: 'system', labelSelector: 'component=controller', container: 'controller' },
    speakers: { namespace: 'system', labelSelector: 'component=speaker', container: 'speaker' },
    bgp: { namespace: 'system', labelSelector: 'component=speaker', container: 'frr' },
    nodes: () => Promise.resolve(FAKE_NODES),
    controllerServes: () => Promise.resolve(),
    speakersServe: () => Promise.resolve(),
    ...over,
  };
  return { place, asked };
}
