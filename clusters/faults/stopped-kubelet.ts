import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { inNode, isRunning, nodeOf } from './node-container.ts';
import { askedBefore, expectReach } from './reach.ts';
import { nodeRecovered } from './recovery.ts';

/** Stops the kubelet's unit. The node's pods, the speaker among them, go on; after a while the API calls it NotReady. */
export function stoppedKubelet(place: FaultPlace, fault: PlacedFault): Fault {
  const { docker } = place;
  const node = nodeOf(fault);
  return {
    async prepare(signal) {
      const question = await askedBefore(place, node, signal);
      return {
        async make(stop) {
          await inNode(place, { node, script: 'systemctl stop kubelet', signal: stop });
        },
        async effect(stop) {
          await expectReach(place, { ...question, wanted: 'refused', when: 'stopped', signal: stop });
          return `the node refuses ${question.from} the kubelet's port over both families`;
        },
      };
    },
    async undo(signal) {
      // A node that starts starts it by itself.
      if (await isRunning(docker, node, signal))
        await inNode(place, { node, script: 'systemctl start kubelet', signal });
    },
    recovered: (signal) => nodeRecovered(place, node, signal),
  };
}
