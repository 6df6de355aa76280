import { UsageError } from './errors.ts';

/**
 * Every bound of a wait, in milliseconds, with its reason. `DUALVIP_TIMEOUT_<NAME>=<ms>` overrides one
 * (`DUALVIP_TIMEOUT_ASSIGNMENT=60000`); a name that is not here is an error, so an override cannot be ignored.
 */
export const TIMEOUTS = {
  /** dockerd on a cold, busy machine: storage driver checks and firewall set-up. */
  engineStart: 60_000,
  /** All nodes Ready after `kind create cluster`; kubelet and CNI on two cores under load. */
  nodesReady: 120_000,
  /** MetalLB applied to webhook answering and every speaker in the member list. */
  implementationReady: 180_000,
  /** Backend pods Ready: their image is in the node image, so this is scheduling and start only. */
  backendReady: 60_000,
  /** The implementation's own word that it knows a pool or its deletion; MetalLB takes milliseconds. */
  poolsTaken: 30_000,
  /** An address in a Service's status; MetalLB takes milliseconds, a restarting controller tens of seconds. */
  assignment: 30_000,
  /** An event after the status that it tells of. */
  event: 10_000,
  /** First answer of an announced VIP; MetalLB announces within a second of the assignment. */
  reachability: 20_000,
  /** An outage after a fault: a dead node is marked NotReady after 40 to 50 s, and its endpoints go after that. */
  failover: 90_000,
  /** BGP sessions after peers were configured or closed; FRR tries again a second after a session ended. */
  sessions: 120_000,
  /** A route in the router's table: FRR's configuration is reloaded by a Python program, for seconds on a busy machine. */
  routes: 60_000,
  /** How long a status must stay as it is before "stays so" is believed, after the controller's own event. */
  settle: 1_000,
  /** A pool's counter after the status that it counts: written by a controller of its own, behind a queue. */
  counters: 10_000,
  /** How long we wait for a controller's word (an event) before a Pending Service is believed to stay so. */
  verdictEvent: 5_000,
  /** One connection of the probe. Above 3 s, the kernel's ARP/NDP give-up time (3 tries, 1 s apart). */
  probe: 4_000,
  /** One call to the Kubernetes API; etcd's fsync on a busy disk is the slow part. */
  api: 30_000,
  /** A fault's effect, looked at from other nodes: a few questions of 1 s each, and an eviction at most. */
  faultEffect: 30_000,
  /** All as before a fault: a node that starts, its pods, and speakers that find each other again. */
  faultHealed: 180_000,
  /** Evidence of one scenario: logs, events, neighbour tables. */
  evidence: 20_000,
  /** Deletion of a scenario's objects, finalizers included. */
  cleanup: 30_000,
} as const;

export type TimeoutName = keyof typeof TIMEOUTS;

const PREFIX = 'DUALVIP_TIMEOUT_';
/** Above it, Node's timers fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

function environmentName(name: string): string {
  return PREFIX + name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The bound in force, in milliseconds. */
export function timeoutMs(name: TimeoutName, environment: NodeJS.ProcessEnv = process.env): number {
  const text = environment[environmentName(name)];
  return text === undefined ? TIMEOUTS[name] : Number(text);
}

/** The overrides that are in force, as they stand in the environment. */
export function timeoutOverrides(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(PREFIX) && value !== undefined ? [[name, value] as const] : [],
    ),
  );
}

/** @throws UsageError for an override that names no timeout or holds no whole number of milliseconds, 1 to 2³¹ - 1. */
export function checkTimeoutOverrides(environment: NodeJS.ProcessEnv = process.env): void {
  const known = new Set(Object.keys(TIMEOUTS).map(environmentName));
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX)) continue;
    if (!known.has(name)) {
      throw new UsageError('DUALVIP_TIMEOUT_UNKNOWN', `${name} names no timeout`, {
        hint: `Known: ${[...known].join(', ')}`,
      });
    }
    const ms = Number(value);
    if (!Number.isInteger(ms) || ms < 1 || ms > LONGEST_MS) {
      throw new UsageError('DUALVIP_TIMEOUT_INVALID', `${name}=${value} is not a number of milliseconds`, {
        hint: `Write a whole number from 1 to ${LONGEST_MS}, for instance ${name}=60000.`,
      });
    }
  }
}
