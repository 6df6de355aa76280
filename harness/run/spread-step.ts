import pMap from 'p-map';

import { canonical, familyOf } from '../../base/addresses.ts';
import { serviceStateAt } from '../judge/state.ts';
import type { StartedProbe } from '../probe/probe.ts';
import type { Spread } from '../scenario/step.ts';
import { endpointsOf } from './endpoints.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface SpreadStepOptions {
  step: string;
  spread: Spread;
  /** Behind the router. */
  client: StartedProbe;
  session: Session;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/** Connections at once: fewer than a router's queue, so that none is lost for their number. */
const AT_ONCE = 8;
/** One that takes longer is lost. */
const LOST_AFTER_MS = 1000;

/** Connects many times to each address of a Service, and counts on which nodes the answers come from. */
export async function runSpreadStep(options: SpreadStepOptions): Promise<void> {
  const { step, spread, session, stopwatch, signal } = options;
  const { service } = serviceStateAt(session.log.all(), spread.service, Infinity);
  const { pods, observation } = await endpointsOf({ step, service: spread.service, session, signal });
  session.log.add(observation);
  await stopwatch.spend('implementation', () =>
    pMap(service?.addresses ?? [], (address) => spreadOf(options, { address, pods }), { signal }),
  );
}

async function spreadOf(
  { step, spread, client, session, signal }: SpreadStepOptions,
  { address, pods }: { address: string; pods: ReadonlyMap<string, string> },
): Promise<void> {
  const { service, port, connections } = spread;
  const nodes: Record<string, number> = {};
  let lost = 0;
  const connect = async () => {
    const target = { protocol: 'http', address, port, timeoutMs: LOST_AFTER_MS, neighbour: false } as const;
    const { outcome, backend } = await client.probe({ ...target, signal });
    const node = outcome === 'ok' && backend !== undefined ? pods.get(backend) : undefined;
    if (node === undefined) lost += 1;
    else nodes[node] = (nodes[node] ?? 0) + 1;
  };
  await pMap(Array.from({ length: connections }), connect, { concurrency: AT_ONCE, signal });
  session.log.add({
    kind: 'spread',
    step,
    service,
    family: familyOf(address),
    address: canonical(address),
    sent: connections,
    lost,
    nodes,
  });
}
