import type { Outcome } from '../protocol.ts';

/** The code of our own error for a connection that was closed between two answers. */
export const CLOSED = 'DUALVIP_CLOSED';

/**
 * What the network's own words mean. An error that is not here is not the network's word but ours (EMFILE,
 * EPERM of a local firewall, a bug), and must not become a verdict.
 */
const OUTCOME_OF: ReadonlyMap<string, Outcome> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  // No source address of the family: IPv6 on a link that has none.
  ['EADDRNOTAVAIL', 'unreachable'],
  // ICMPv6 destination unreachable, codes 1, 5 and 6 (RFC 4443, 3.1), as Linux reports it; the ICMPv4
  // counterparts arrive as EHOSTUNREACH.
  ['EACCES', 'unreachable'],
  // The kernel gave up before our own deadline.
  ['ETIMEDOUT', 'timeout'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  [CLOSED, 'reset'],
  // undici: the peer closed before its answer was complete.
  ['UND_ERR_SOCKET', 'reset'],
  // undici: endless headers or body, which no backend of ours sends.
  ['UND_ERR_HEADERS_OVERFLOW', 'reset'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'reset'],
]);

/** The outcome that an error stands for, or undefined where it is not the network's. */
export function failureOf(error: unknown): { outcome: Outcome; detail: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  // What answered does not speak HTTP. By name: undici 8 leaves this error's code undefined.
  if (error.name === 'HTTPParserError') return { outcome: 'reset', detail: error.message };
  const code = 'code' in error ? String(error.code) : '';
  const outcome = OUTCOME_OF.get(code);
  if (!outcome) return undefined;
  return { outcome, detail: /^E[A-Z]+$/.test(code) ? code : error.message };
}
