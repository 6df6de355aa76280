import { converge } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { containerState, nodeOf } from './node-container.ts';
import { askedBefore, expectReach } from './reach.ts';
import { nodeRecovered } from './recovery.ts';

/**
 * Freezes every process of a node. Its kernel goes on: it answers ARP for the node's own addresses, forwards what
 * is sent to a VIP, and takes connections that then nobody answers.
 */
export function pausedNode(place: FaultPlace, fault: PlacedFault): Fault {
  const { docker } = place;
  const node = nodeOf(fault);
  return {
    outlivesNodes: true,
    async prepare(signal) {
      const question = await askedBefore(place, node, signal);
      return {
        async make(stop) {
          // On cgroup v1, a busy node cannot be frozen at the first attempt (runc: "unable to freeze").
          await converge({
            what: `${node} to be frozen`,
            observe: async (attempt) => {
              if ((await containerState(docker, node, attempt)) !== 'paused')
                await docker.run(['pause', node], { signal: attempt });
              return 'paused';
            },
            until: () => true,
            timeoutMs: timeoutMs('faultEffect'),
            signal: stop,
          });
        },
        async effect(stop) {
          await expectReach(place, { ...question, wanted: 'accepted', when: 'paused', signal: stop });
          return `to ${question.from}, its kernel takes connections to the kubelet and nobody answers them, over both families`;
        },
      };
    },
    async undo(signal) {
      if ((await containerState(docker, node, signal)) === 'paused')
        await docker.run(['unpause', node], { signal });
    },
    recovered: (signal) => nodeRecovered(place, node, signal),
  };
}
