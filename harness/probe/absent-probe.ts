import { HarnessError } from '../../base/errors.ts';
import type { StartedProbe } from './probe.ts';

function absent(): Promise<never> {
  return Promise.reject(
    new HarnessError('DUALVIP_PROBE_ABSENT', 'there is no probe on the nodes’ link', {
      hint: 'dualvip run --kubeconfig FILE prints the command that starts one; --probe NAME takes it.',
    }),
  );
}

/**
 * In the place of a probe where there is none: hears nothing, and whatever is asked of it fails by that name. Steps that
 * would connect are not run.
 */
export function absentProbe(): StartedProbe {
  return {
    containerId: '',
    addresses: {},
    clock: { offsetMs: 0, uncertaintyMs: 0 },
    mac: '',
    capture: {
      mark: () => Promise.resolve(0),
      heard: () => Promise.resolve({ last: 0, missed: 0, messages: [] }),
      file: absent,
    },
    ip: absent,
    probe: absent,
    streams: absent,
    neighbours: absent,
    routes: absent,
    flushNeighbours: absent,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
