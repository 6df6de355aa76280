import pMap from 'p-map';

import { timeoutMs } from '../../base/timeouts.ts';
import { EVERY_SERVICE } from '../../clusters/implementations/implementation.ts';
import type { ObjectRef } from '../../clusters/kubernetes/objects.ts';
import type { NudgeObservation } from '../../reports/record/record.ts';
import { balancersAt, isTold } from '../judge/invariants.ts';
import type { Seat } from './restart-gate.ts';
import type { ScenarioPools } from './scenario-pools.ts';
import type { Session } from './session.ts';
import { tellingOf } from './telling.ts';

/** light: annotate the Services, touch another one. all: restart the controller, too. */
export const NUDGES = ['none', 'light', 'all'] as const;
export type Nudges = (typeof NUDGES)[number];

/**
 * A status is written before the implementation says that it has looked at the Service; the watch tells of it
 * this much later at most.
 */
const QUIET_MS = 100;

/** Calls at once: hundreds make a small API server answer none in time. */
const CONCURRENCY = 8;

const BYSTANDER = 'dualvip-bystander';

export interface NudgeOptions {
  nudges: Nudges;
  session: Pick<Session, 'runId' | 'namespace' | 'log'> & {
    implementation: Pick<Session['implementation'], 'telling'>;
    pools: Pick<Session['pools'], 'mark' | 'whenReconciled'>;
    cluster: { client: Pick<Session['cluster']['client'], 'apply' | 'patch' | 'deleteAndWait'> };
  };
  pools: Pick<ScenarioPools, 'whenTakenAgain'>;
  seat: Pick<Seat, 'restart'>;
  /** False where it is known that the implementation tells something else than the statuses: no word is waited for. */
  tellsSo: boolean;
  signal: AbortSignal;
}

/**
 * Does what must not move an address, and waits each time until the implementation has looked at the Services
 * again. Where it does not tell that, for the settle time. In the end also for its word: an event that comes late
 * is not one that is missing.
 */
export async function nudge(options: NudgeOptions): Promise<void> {
  const { nudges, session, pools, seat, signal } = options;
  const services = balancersAt(session.log.all(), Infinity).map(({ service }) => service);
  if (nudges === 'none' || services.length === 0) return;
  await timed(options, { name: 'annotate', services }, async () => {
    const patch = { metadata: { annotations: { 'dualvip.dev/nudge': session.runId } } };
    await pMap(
      services,
      (name) => session.cluster.client.patch(serviceRef(name, session), patch, { type: 'merge', signal }),
      { concurrency: CONCURRENCY, signal },
    );
  });
  // Made, and deleted: a deletion frees addresses, so others are looked at again.
  const another = { name: 'touch-another', services: [BYSTANDER] } as const;
  await timed(options, another, () => makeBystander(options));
  await timed(options, { ...another, isLast: nudges === 'light' }, () =>
    session.cluster.client.deleteAndWait([serviceRef(BYSTANDER, session)], { signal }),
  );
  if (nudges === 'light') return;
  // A controller that has just started goes over Services without looking, until it knows its pools.
  const restart = { name: 'restart-controller', services: EVERY_SERVICE, isLast: true } as const;
  await timed(options, restart, async () => {
    const mark = session.pools.mark();
    await seat.restart();
    return pools.whenTakenAgain(mark, signal);
  });
}

interface Nudge {
  name: NudgeObservation['nudge'];
  /** Those that the implementation has to look at. */
  services: readonly string[] | typeof EVERY_SERVICE;
  isLast?: boolean;
}

async function timed(
  { session, tellsSo, signal }: NudgeOptions,
  { name, services, isLast = false }: Nudge,
  work: () => Promise<number | void>,
): Promise<void> {
  const { log, pools, namespace } = session;
  const at = log.now();
  const before = pools.mark();
  const mark = (await work()) ?? before;
  const keys = services === EVERY_SERVICE ? [services] : services.map((service) => `${namespace}/${service}`);
  const looked = await pools.whenReconciled(keys, mark, { withinMs: timeoutMs('settle'), signal });
  await log.until(() => false, { withinMs: looked === undefined ? 0 : QUIET_MS, signal });
  if (isLast && tellsSo) {
    const telling = tellingOf(session.implementation);
    await log.until(() => isTold(log.all(), telling), { withinMs: timeoutMs('event'), signal });
  }
  log.add({ kind: 'nudge', nudge: name, at, endedAt: log.now() });
}

async function makeBystander({ session, signal }: NudgeOptions): Promise<void> {
  await session.cluster.client.apply(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: BYSTANDER, namespace: session.namespace },
      spec: { type: 'LoadBalancer', ports: [{ port: 9, protocol: 'TCP', targetPort: 9 }] },
    },
    { signal },
  );
}

function serviceRef(name: string, { namespace }: Pick<Session, 'namespace'>): ObjectRef {
  return { apiVersion: 'v1', kind: 'Service', name, namespace };
}
