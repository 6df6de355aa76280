import { isIPv6 } from 'node:net';

import { monotonicMs } from '../../base/clock.ts';
import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { Docker } from '../../clusters/docker.ts';
import type { ProbeTarget } from './probe.ts';
import type { Outcome } from './protocol.ts';
import { questionsOf, resultOf, type ProbeResult } from './result.ts';

/** Where in the cluster a connection comes from. */
export interface Inside {
  /** The node's container. */
  node: string;
  /** An address of the pod on it; left out: the node itself. */
  pod?: string;
}

/** Before and after what curl says of an answer, and before what it says of itself. No answer has such characters. */
const ANSWER = '\u001E';
const END = '\u001F';

/** What curl writes after each answer: https://curl.se/docs/manpage.html#-w */
const WRITE_OUT = `${ANSWER}%{http_code} %{time_connect}${ANSWER}`;

/** curl's exit codes that are about the network: https://curl.se/libcurl/c/libcurl-errors.html */
const NOT_CONNECTED = 7;
const OUTCOMES: Readonly<Record<number, Outcome>> = { 28: 'timeout', 52: 'reset', 55: 'reset', 56: 'reset' };

/** On top of an attempt's own bound: for the way into the node. */
const GRACE_MS = 10_000;

/**
 * One attempt over HTTP and a fresh connection, by the curl that every node image has. No agent: where kube-proxy
 * answers for a VIP, there is no neighbour to look at.
 * @throws HarnessError `DUALVIP_PROBE_FAILED` when it is we who failed; the signal's reason when aborted
 */
export async function probeFromInside(
  docker: Pick<Docker, 'run'>,
  inside: Inside,
  target: ProbeTarget,
): Promise<ProbeResult> {
  const within = target.timeoutMs ?? timeoutMs('probe');
  const bound = AbortSignal.timeout(within + GRACE_MS);
  const signal = target.signal ? AbortSignal.any([target.signal, bound]) : bound;
  const startedAt = monotonicMs();
  const output = await docker.run(
    ['exec', inside.node, 'sh', '-c', scriptFor(inside), 'sh', ...curl(target, within)],
    { signal },
  );
  const endedAt = monotonicMs();
  return resultOf(target, { startedAt, endedAt, ...readCurl(output, { startedAt, node: inside.node }) });
}

/** Runs its arguments where they are to run; then their exit code, and what they wrote to standard error. */
function scriptFor({ pod }: Inside): string {
  const find = [
    'place=',
    'for one in /var/run/netns/*; do',
    `  nsenter --net="$one" ip -oneline address show to ${pod} | grep -q . && place="nsenter --net=$one"`,
    'done',
    `[ -n "$place" ] || { echo "no network namespace has the address ${pod}" >&2; exit 1; }`,
  ];
  return [
    ...(pod === undefined ? ['place='] : find),
    'exec 3>&1',
    'said=$($place "$@" 2>&1 >&3)',
    String.raw`printf '\037%s\037%s' "$?" "$said"`,
  ].join('\n');
}

function curl({ protocol, address, port, payload }: ProbeTarget, withinMs: number): string[] {
  const host = `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;
  return [
    ...['curl', '--verbose', '--globoff', '--noproxy', '*'],
    ...['--max-time', String(withinMs / 1000), '--write-out', WRITE_OUT],
    ...questionsOf({ protocol, payload }).map((path) => `${host}${path}`),
  ];
}

interface Attempt {
  outcome: Outcome;
  detail?: string;
  connectedAt?: number;
  answers: { status: number; body: string }[];
}

/** What an agent would have said of the attempt. @throws HarnessError `DUALVIP_PROBE_FAILED` */
export function readCurl(output: string, { startedAt, node }: { startedAt: number; node: string }): Attempt {
  const [answered = '', code, said = ''] = output.split(END);
  const parts = answered.split(ANSWER);
  const answers: Attempt['answers'] = [];
  let connectedAt: number | undefined;
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [status = 0, seconds = 0] = (parts[index + 1] ?? '').split(' ').map(Number);
    if (status > 0) answers.push({ status, body: parts[index] ?? '' });
    // The second answer comes over the first one's connection, which takes no time.
    if (seconds > 0) connectedAt ??= startedAt + seconds * 1000;
  }
  const attempt = { answers, ...(connectedAt === undefined ? {} : { connectedAt }) };
  if (code === '0') return { outcome: 'ok', ...attempt };
  const reason = /(?:failed: |curl: \(\d+\) )(.+)/u.exec(said)?.[1] ?? `curl ended with ${code}`;
  if (Number(code) === NOT_CONNECTED) {
    return {
      outcome: reason === 'Connection refused' ? 'refused' : 'unreachable',
      detail: reason,
      ...attempt,
    };
  }
  const outcome = OUTCOMES[Number(code)];
  if (outcome !== undefined) return { outcome, detail: reason, ...attempt };
  throw new HarnessError('DUALVIP_PROBE_FAILED', `no attempt could be made on ${node}: ${reason}`, {
    hint: 'This says nothing about the network. The node needs curl, and nsenter for the network of a pod.',
  });
}
