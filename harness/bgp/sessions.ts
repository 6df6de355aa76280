import { z } from 'zod';

import { canonical, familyOf, type Family } from '../../base/addresses.ts';

/** A BGP session of the router. */
export interface Session {
  /** Canonical. */
  peer: string;
  /** Of the addresses that it is between. */
  family: Family;
  /** RFC 4271, 8.2.2, as FRR writes it: `Established`, `Active`, `Idle`, `Idle (Admin)`, … */
  state: string;
}

const summarySchema = z.record(
  z.string(),
  z.looseObject({ peers: z.record(z.string(), z.looseObject({ state: z.string() })).optional() }),
);

/** Reads `show bgp summary json`. A session that carries both families stands in it twice. */
export function parseSessions(text: string): Session[] {
  const summary = summarySchema.parse(JSON.parse(text || '{}'));
  const peers = new Map(
    Object.values(summary).flatMap((family) =>
      Object.entries(family.peers ?? {}).map(([peer, { state }]) => [canonical(peer), state] as const),
    ),
  );
  return [...peers]
    .map(([peer, state]) => ({ peer, family: familyOf(peer), state }))
    .sort((a, b) => a.family.localeCompare(b.family) || a.peer.localeCompare(b.peer));
}

export const ESTABLISHED = 'Established';

/** Those that are not as wanted, in words; empty: all are. */
export function notYet(sessions: readonly Session[], wanted: (state: string) => boolean): string {
  return sessions
    .filter(({ state }) => !wanted(state))
    .map(({ peer, state }) => `${peer} ${state}`)
    .join(', ');
}
