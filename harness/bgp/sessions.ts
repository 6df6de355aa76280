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
  /** Where BFD watches it, how that sees the peer: `up`, `down`, `init`. */
  bfd?: string;
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

const bfdSchema = z.array(z.looseObject({ peer: z.string(), status: z.string() }));

/** Reads `show bfd peers json`: how BFD sees each peer, `up`, `down`, `init`, …, by its address. */
export function parseBfd(text: string): Map<string, string> {
  const peers = bfdSchema.parse(JSON.parse(text || '[]'));
  return new Map(peers.map(({ peer, status }) => [canonical(peer), status]));
}

export const ESTABLISHED = 'Established';

/** Established, and where BFD is to watch it, seen by BFD: without that its end would be seen by its silence. */
export function serves({ state, bfd = 'up' }: Pick<Session, 'state' | 'bfd'>): boolean {
  return state === ESTABLISHED && bfd === 'up';
}

/** Those that are not as wanted, in words; empty: all are. */
export function notYet(sessions: readonly Session[], wanted: (session: Session) => boolean): string {
  return sessions
    .filter((session) => !wanted(session))
    .map(({ peer, state, bfd }) => `${peer} ${state}${bfd === undefined ? '' : `, BFD ${bfd}`}`)
    .join(', ');
}
