import {
  RECORD_VERSION,
  VERDICTS,
  type Check,
  type EventObservation,
  type Observation,
  type ProbeObservation,
  type RunRecord,
  type ScenarioRecord,
  type ServiceObservation,
  type Verdict,
} from './record/record.ts';

/** Records for tests of what reads records: small, complete, and of what MetalLB really does. */

const IPV4 = '172.18.255.1';
const IPV6 = 'fc00:f853:ccd:e793::ff01';
const NODE_IPV6 = 'fc00:f853:ccd:e793::2';

interface ServiceAt {
  at: number;
  addresses?: readonly string[];
}

export function serviceObserved({ at, addresses = [] }: ServiceAt): ServiceObservation {
  return {
    kind: 'service',
    at,
    service: 'web-frontend',
    uid: 'b7d2',
    deleted: false,
    ipFamilyPolicy: 'PreferDualStack',
    ipFamilies: ['IPv4', 'IPv6'],
    clusterIPs: ['10.96.31.7', 'fd00:10:96::4d1c'],
    addresses: [...addresses],
  };
}

export function eventObserved(event: Partial<EventObservation> & { at: number }): EventObservation {
  return {
    kind: 'event',
    service: 'web-frontend',
    uid: 'b7d2',
    type: 'Normal',
    reason: 'IPAllocated',
    message: `Assigned IP ["${IPV4}" "${IPV6}"]`,
    source: 'metallb-controller',
    ...event,
  };
}

export function probeObserved(probe: Partial<ProbeObservation> & { at: number }): ProbeObservation {
  return {
    kind: 'probe',
    step: 'reachable',
    service: 'web-frontend',
    family: 'IPv4',
    address: IPV4,
    port: 80,
    protocol: 'http',
    outcome: 'ok',
    detail: 'HTTP 200',
    status: 200,
    connectMs: 0.4,
    totalMs: 1.9,
    backend: 'web-6d9c-x2k4p',
    source: '10.244.1.1',
    mac: '02:42:ac:12:00:03',
    announcer: 'dual-worker',
    ...probe,
  };
}

/** An attempt that nobody answered: it has nothing to tell of an answer. */
function unanswered(at: number): ProbeObservation {
  return {
    kind: 'probe',
    at,
    step: 'reachable',
    service: 'web-frontend',
    family: 'IPv6',
    address: IPV6,
    port: 80,
    protocol: 'http',
    outcome: 'unreachable',
    detail: 'EHOSTUNREACH',
    totalMs: 3071.2,
  };
}

function stepObserved(
  id: string,
  step: 'apply' | 'expect' | 'probe',
  at: number,
  endedAt: number,
): Observation {
  return { kind: 'step', id, step, at, endedAt };
}

const addressChecks: Check[] = [
  ok('assigned', 'IPv4', 'an IPv4 address of dual-pool', `${IPV4} (dual-pool)`),
  ok('assigned', 'IPv6', 'an IPv6 address of dual-pool', `${IPV6} (dual-pool)`),
  ok('assigned', 'pair', 'exactly 2 addresses', `${IPV4} (dual-pool), ${IPV6} (dual-pool)`),
];
const reachableChecks: Check[] = [
  ok('reachable', 'IPv4', 'reachable on http/80', `${IPV4} ok (HTTP 200) after 1.9 ms`),
  ok('reachable', 'IPv6', 'reachable on http/80', `${IPV6} ok (HTTP 200) after 1.9 ms`),
];
const noIPv6Checks: Check[] = [
  ok('assigned', 'IPv4', 'an IPv4 address of ipv4-pool', `${IPV4} (ipv4-pool)`),
  { ...ok('assigned', 'IPv6', 'an IPv6 address of ipv6-pool', 'no IPv6 address'), ok: false },
  { ...ok('assigned', 'pair', 'exactly 2 addresses', `${IPV4} (ipv4-pool)`), ok: false },
].map((check) => ({ ...check, service: 'dualvip-20261123-014500-k3f9/web-frontend' }));
const deadIPv6Checks: Check[] = [
  ...addressChecks,
  ...reachableChecks.slice(0, 1),
  {
    ...ok('reachable', 'IPv6', 'reachable on http/80', `${IPV6} unreachable (EHOSTUNREACH) after 3071.2 ms`),
    ok: false,
  },
];

function ok(step: string, subject: Check['subject'], expected: string, observed: string): Check {
  return { step, subject, ok: true, expected, observed };
}

const separatePools = {
  summary: 'all addresses of a Service come from one pool, so the second family gets none',
  versions: '>=0.14.9',
  upstream: [
    'https://github.com/metallb/metallb/issues/1156',
    'https://github.com/metallb/metallb/issues/1757',
  ],
};

const assignedObservations: Observation[] = [
  stepObserved('service', 'apply', 1004, 1031),
  serviceObserved({ at: 1029 }),
  stepObserved('assigned', 'expect', 1031, 1113),
  serviceObserved({ at: 1113, addresses: [IPV4, IPV6] }),
  eventObserved({ at: 1112 }),
  stepObserved('reachable', 'probe', 1113, 1990),
  probeObserved({ at: 1114 }),
];

const oneFamilyObservations: Observation[] = [
  stepObserved('service', 'apply', 1004, 1031),
  serviceObserved({ at: 1029 }),
  serviceObserved({ at: 1096, addresses: [IPV4] }),
  eventObserved({ at: 1095, message: `Assigned IP ["${IPV4}"]` }),
  eventObserved({
    at: 1095,
    type: 'Warning',
    reason: 'AllocationFailed',
    message: 'Failed to allocate IP for "default/web-frontend": no available IPs',
  }),
  stepObserved('assigned', 'expect', 1031, 2096),
];

const deadIPv6Observations: Observation[] = [
  ...assignedObservations.slice(0, -2),
  stepObserved('reachable', 'probe', 1113, 20_411),
  probeObserved({ at: 1114 }),
  unanswered(1114),
  unanswered(4236),
  unanswered(17_340),
];

const evidence = [
  'applied/pools.yaml',
  'applied/service.yaml',
  'objects/Service.json',
  'metallb/controller.log',
];

/** What a scenario of a verdict differs in from one that passes. */
const BY_VERDICT: Readonly<
  Record<Verdict, Partial<ScenarioRecord> & Pick<ScenarioRecord, 'id' | 'verdict'>>
> = {
  pass: { id: 'c2-dual-pool', verdict: all('pass') },
  'expected-fail': {
    id: 'c2-separate-pools',
    title: "PreferDualStack with the guide's separate pools gets two addresses",
    verdict: { pair: 'expected-fail', IPv4: 'pass', IPv6: 'expected-fail' },
    checks: noIPv6Checks,
    deviation: separatePools,
    deviationChecks: [
      ok('assigned', 'IPv4', 'an IPv4 address of ipv4-pool', `${IPV4} (ipv4-pool)`),
      ok('assigned', 'IPv6', 'no IPv6 address', 'no IPv6 address'),
      ok('assigned', 'pair', 'exactly 1 address', `${IPV4} (ipv4-pool)`),
    ],
    observations: oneFamilyObservations,
  },
  fail: {
    id: 'c6-separate-pools-are-served',
    title: 'Separate IPv4 and IPv6 pools serve dual stack',
    claim: 'C6',
    verdict: { pair: 'fail', IPv4: 'pass', IPv6: 'fail' },
    checks: noIPv6Checks,
    deviation: separatePools,
    deviationChecks: [
      {
        ...ok(
          'assigned',
          'pair',
          'event AdditionalAssignFailed',
          'Normal IPAllocated, Warning AllocationFailed',
        ),
        ok: false,
      },
    ],
    observations: oneFamilyObservations,
    evidence: evidence.map((file) => `scenarios/c6-separate-pools-are-served/${file}`),
  },
  'unexpected-pass': {
    id: 'c4-separate-pools',
    title: "RequireDualStack with the guide's separate pools gets two addresses",
    claim: 'C4',
    verdict: all('unexpected-pass'),
    deviation: separatePools,
    deviationChecks: [
      {
        ...ok('assigned', 'pair', 'Pending: no address', `${IPV4} (ipv4-pool), ${IPV6} (ipv6-pool)`),
        ok: false,
      },
    ],
    evidence: evidence.map((file) => `scenarios/c4-separate-pools/${file}`),
  },
  inconclusive: {
    id: 'c8-no-advertisement',
    title: 'Without an advertisement an address is assigned and not reachable',
    claim: 'C8',
    verdict: { pair: 'inconclusive', IPv4: 'pass', IPv6: 'inconclusive' },
    checks: deadIPv6Checks.map((check) => (check.ok ? check : { ...check, inconclusive: true })),
    observations: [
      ...deadIPv6Observations,
      {
        kind: 'control',
        at: 20_401,
        step: 'reachable',
        family: 'IPv6',
        address: NODE_IPV6,
        outcome: 'timeout',
      },
    ],
    attempt: 2,
    evidence: evidence.map((file) => `scenarios/c8-no-advertisement/${file}`),
  },
  flaky: {
    id: 'c11-first-and-last',
    title: 'The first and the last address of a pool are as good as any',
    claim: 'C11',
    verdict: { pair: 'flaky', IPv4: 'pass', IPv6: 'flaky' },
    checks: deadIPv6Checks,
    observations: deadIPv6Observations,
    attempt: 1,
    attempts: [
      { verdict: { pair: 'fail', IPv4: 'pass', IPv6: 'fail' }, startedAt: 1000, wallMs: 2113.4 },
      { verdict: all('pass'), startedAt: 4000, wallMs: 2011.5 },
    ],
    evidence: evidence.map((file) => `scenarios/c11-first-and-last/${file}`),
  },
  unsupported: {
    id: 'bgp-both-families',
    title: 'Both families are announced to a BGP peer',
    claim: 'C10',
    verdict: all('unsupported'),
    features: ['bgp'],
    checks: [],
    observations: [],
    reason: 'metallb does not claim bgp',
    timing: { wallMs: 0.3, implementationMs: 0, settleMs: 0, apiMs: 0, overheadMs: 0.3 },
  },
  error: {
    id: 'issue-1339-ipv4-only',
    title: 'PreferDualStack with an IPv4 pool only is not left Pending',
    verdict: all('error'),
    issue: 'https://github.com/metallb/metallb/issues/1339',
    checks: [],
    observations: assignedObservations.slice(0, 2),
    reason: 'POST /api/v1/namespaces/dualvip/services: 500 etcdserver: request timed out',
  },
};

function all(verdict: Verdict): ScenarioRecord['verdict'] {
  return { pair: verdict, IPv4: verdict, IPv6: verdict };
}

/** A scenario's record with the verdict that is asked for, and what goes with it. */
export function scenarioWith(verdict: Verdict, overrides: Partial<ScenarioRecord> = {}): ScenarioRecord {
  return {
    title: 'PreferDualStack with one pool of both families gets two addresses',
    ...(verdict === 'error' ? {} : { claim: 'C2' }),
    features: [],
    checks: [...addressChecks, ...reachableChecks],
    deviationChecks: [],
    attempt: 1,
    startedAt: 1000,
    timing: { wallMs: 2113.4, implementationMs: 986.1, settleMs: 0, apiMs: 402.1, overheadMs: 725.2 },
    ranges: { v4: '172.18.255.1-172.18.255.8' },
    observations: assignedObservations,
    evidence: [],
    ...BY_VERDICT[verdict],
    ...overrides,
  };
}

/** A run that had a scenario of every verdict there is, or those that are given. */
export function runWith(
  scenarios: readonly ScenarioRecord[] = VERDICTS.map((verdict) => scenarioWith(verdict)),
  overrides: Partial<RunRecord> = {},
): RunRecord {
  return {
    version: RECORD_VERSION,
    id: '20261123-014500-k3f9',
    startedAt: '2026-11-23T01:45:00.123Z',
    durationMs: 31_882,
    command: ['run'],
    harness: { version: '0.1.0', node: '26.10.0' },
    machine: { platform: 'linux-x64', cpus: 2, memoryBytes: 8_589_934_592 },
    engine: { version: '28.5.1', cgroupVersion: 2 },
    cluster: {
      name: 'dual',
      topology: 'dual',
      kubernetes: '1.34.2',
      images: { origin: 'built', node: 'dualvip/node:1.34.2', nodeId: 'sha256:1f', probe: 'dualvip/probe:1' },
      subnets: { IPv4: '172.18.0.0/16', IPv6: 'fc00:f853:ccd:e793::/64' },
      nodes: [
        node('dual-control-plane', 'control-plane', 2),
        node('dual-worker', 'worker', 3),
        node('dual-worker2', 'worker', 4),
      ],
    },
    implementation: { name: 'metallb', version: '0.15.2', mode: 'native' },
    scenarios: [...scenarios],
    exitCode: 1,
    rssBytes: 181_403_648,
    ...overrides,
  };
}

function node(name: string, role: string, host: number): RunRecord['cluster']['nodes'][number] {
  return {
    name,
    role,
    mac: `02:42:ac:12:00:0${host}`,
    addresses: { IPv4: `172.18.0.${host}`, IPv6: `fc00:f853:ccd:e793::${host}` },
  };
}
