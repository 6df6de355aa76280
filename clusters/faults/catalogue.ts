import { droppedNeighbours } from './dropped-neighbours.ts';
import { labelledNode, taintedNode } from './excluded-node.ts';
import type { Fault, FaultName, FaultPlace, PlacedFault } from './fault.ts';
import { deletedBgpPod } from './deleted-bgp-pod.ts';
import { killedController, killedSpeaker } from './killed-pod.ts';
import { linkDown } from './link-down.ts';
import { partition } from './partition.ts';
import { pausedNode } from './paused-node.ts';
import { stoppedKubelet } from './stopped-kubelet.ts';
import { stoppedNode } from './stopped-node.ts';
import { unreachableApi } from './unreachable-api.ts';

const MAKERS: Readonly<Record<FaultName, (place: FaultPlace, fault: PlacedFault) => Fault>> = {
  'speaker-killed': killedSpeaker,
  'controller-killed': killedController,
  'bgp-pod-deleted': deletedBgpPod,
  'node-paused': pausedNode,
  'node-stopped': stoppedNode,
  'kubelet-stopped': stoppedKubelet,
  'link-down': linkDown,
  partition,
  'api-unreachable': unreachableApi,
  'neighbours-dropped': droppedNeighbours,
  'node-labelled': labelledNode,
  'node-tainted': taintedNode,
};

export function faultAt(place: FaultPlace, fault: PlacedFault): Fault {
  return MAKERS[fault.name](place, fault);
}
