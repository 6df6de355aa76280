import { converge } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { containerState, nodeOf } from './node-container.ts';
import { askedBefore, expectReach } from './reach.ts';
import { nodeRecovered } from './recovery.ts';

/** As if a node lost its power: nothing in it hears of it. Docker may give it other addresses afterwards. */
export function stoppedNode(place: FaultPlace, fault: PlacedFault): Fault {
  const { docker } = place;
  const node = nodeOf(fault);
  return {
    async prepare(signal) {
      const question = await askedBefore(place, node, signal);
      return {
        async make(stop) {
          if ((await containerState(docker, node, stop)) === 'exited') return;
          // SIGKILL is no failure that the container's restart policy would heal.
          await docker.run(['kill', node], { signal: stop });
        },
        async effect(stop) {
          await converge({
            what: `${node} to have stopped`,
            observe: (attempt) => containerState(docker, node, attempt),
            until: (state) => state === 'exited',
            timeoutMs: timeoutMs('faultEffect'),
            signal: stop,
          });
          await expectReach(place, { ...question, wanted: 'silent', when: 'stopped', signal: stop });
          return `its container has exited, and ${question.from} hears nothing of it over both families`;
        },
      };
    },
    async undo(signal) {
      const state = await containerState(docker, node, signal);
      if (state !== 'running' && state !== 'gone') await docker.run(['start', node], { signal });
    },
    recovered: (signal) => nodeRecovered(place, node, signal),
  };
}
