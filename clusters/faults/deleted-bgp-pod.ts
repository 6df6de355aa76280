import { HarnessError } from '../../base/errors.ts';
import { refOf } from '../kubernetes/objects.ts';
import { whenEnded } from './ended-containers.ts';
import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { componentRuns, podsOf } from './killed-pod.ts';
import { nodeOf } from './node-container.ts';
import { speakersServe } from './recovery.ts';

/**
 * Ends the pod that speaks BGP on a node, all of its containers, without a grace period: as when it is replaced or
 * the memory of the node is short. Its DaemonSet makes another one at once.
 */
export function deletedBgpPod(place: FaultPlace, fault: PlacedFault): Fault {
  const node = nodeOf(fault);
  const { bgp: component } = place;
  if (!component) {
    throw new HarnessError('DUALVIP_FAULT_TARGET', 'nothing of the implementation speaks BGP on the nodes');
  }
  return {
    async prepare(signal) {
      const pods = await podsOf(place, { component, node, signal });
      const [pod] = pods;
      if (!pod) {
        throw new HarnessError('DUALVIP_FAULT_TARGET', `no pod with ${component.container} runs on ${node}`);
      }
      const { name } = pod.metadata;
      return {
        async make(stop) {
          await place.client.delete(refOf(pod), { gracePeriodSeconds: 0, signal: stop });
        },
        async effect(stop) {
          const count = await whenEnded(place, [pod], { what: name, signal: stop });
          return `the ${count} containers of ${name} on ${node} have ended`;
        },
      };
    },
    // There is nothing to take back: the DaemonSet's controller makes another pod.
    undo: () => Promise.resolve(),
    async recovered(signal) {
      const name = await componentRuns(place, { component, node, signal });
      return [`${name} is ready`, await speakersServe(place, signal)].filter(Boolean).join(', ');
    },
  };
}
