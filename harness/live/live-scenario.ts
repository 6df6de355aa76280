import { stringify } from 'yaml';

import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import type { KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import { TOPOLOGY_FAMILIES, type Topology } from '../../clusters/topology.ts';
import { addressesOf, wantedFamilies, type Facts } from '../diagnosis/facts.ts';
import { isInside, livePools, type LivePool } from './live-pools.ts';
import { liveService } from './live-service.ts';

/** asked: what the Service asks for, so that it fails for as long as that is not so. seen: what it had. */
export const EXPECTED = ['asked', 'seen'] as const;
export type Expected = (typeof EXPECTED)[number];

export interface LiveScenario {
  id: string;
  /** Files by their names in the scenario's folder. */
  files: Record<string, string>;
  /** What is not as it was. */
  notes: string[];
}

export interface LiveOptions {
  /** The Service, as the API has it. */
  service: KubernetesObject;
  facts: Facts;
  expected: Expected;
}

const SERVICE_FILE = 'service.yaml';
const HOLDERS_FILE = 'holders.yaml';

/** A scenario that makes what a live Service met: pools of the same shape, the same spec, and what was asked or seen. */
export function liveScenario({ service, facts, expected }: LiveOptions): LiveScenario {
  const { pools, ranges, advertise, notes } = livePools(facts);
  const manifest = liveService(service, { facts, pools, notes });
  const holders = pools.flatMap(({ pool, full }) => full.map((family) => ({ pool: pool.name, family })));
  const topology = topologyOf(facts);
  const { name } = facts.service;
  const id = `live-${name}`.slice(0, 63).replace(/-+$/, '');
  const { implementation } = facts;
  const steps = [
    ...(holders.length > 0
      ? [
          { id: 'others', apply: [HOLDERS_FILE] },
          ...holders.map((one) => ({
            id: `held-by-${holderName(one)}`.slice(0, 63),
            expect: { service: holderName(one), addresses: [{ family: one.family, pool: one.pool }] },
          })),
        ]
      : []),
    { id: 'service', apply: [SERVICE_FILE] },
    { id: expected, expect: { service: name, ...expectationOf(facts, { pools, expected, topology }) } },
    ...(expected === 'asked' ? probeOf(facts, topology) : []),
  ];
  const scenario = {
    id,
    title:
      `What a Service of ${implementation.name} ${implementation.version ?? ''} had in its cluster`.replace(
        '  ',
        ' ',
      ),
    about: [
      `Made of a live Service: its spec, and pools and advertisements of the same shape.`,
      ...notes.map((note) => `${note.slice(0, 1).toUpperCase()}${note.slice(1)}.`),
    ].join(' '),
    topologies: [topology],
    ...(holders.length > 0 ? { features: ['pool-by-annotation'] } : {}),
    ranges,
    ...(pools.length > 0 ? { pools: pools.map(({ pool }) => pool), advertise } : {}),
    steps,
  };
  return {
    id,
    files: {
      'scenario.yaml': stringify(scenario, { lineWidth: 110 }),
      [`manifests/${SERVICE_FILE}`]: stringify(manifest),
      ...(holders.length > 0
        ? { [`manifests/${HOLDERS_FILE}`]: holders.map((one) => stringify(holderOf(one))).join('---\n') }
        : {}),
    },
    notes,
  };
}

interface Holder {
  pool: string;
  family: Family;
}

function holderName({ pool, family }: Holder): string {
  return `holds-${pool.slice(0, 40)}-${family.toLowerCase()}`;
}

/** Another Service, which has the only address of a family. */
function holderOf(holder: Holder): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: holderName(holder),
      annotations: { '${annotation.pool}': `\${pool.${holder.pool}}` },
    },
    spec: {
      type: 'LoadBalancer',
      ipFamilyPolicy: 'SingleStack',
      ipFamilies: [holder.family],
      ports: [{ port: 80, targetPort: 8080 }],
      selector: { app: 'web' },
    },
  };
}

function expectationOf(
  facts: Facts,
  options: { pools: readonly LivePool[]; expected: Expected; topology: Topology },
): object {
  const { pools, expected, topology } = options;
  const { addresses } = facts.service;
  const has = (family: Family) => addressesOf(facts.service, family).length > 0;
  const families = expected === 'seen' ? FAMILIES.filter(has) : askedOf(facts, topology);
  if (families.length === 0) return { pending: true };
  return {
    addresses: families.map((family) => {
      const [address] = addresses.filter((one) => familyOf(one) === family);
      const from = pools.find(({ ranges }) =>
        ranges.some(({ text }) => address !== undefined && isInside(address, text)),
      );
      return { family, ...(from ? { pool: from.pool.name } : {}) };
    }),
  };
}

/** A family that the cluster has not cannot be had by asking for it. */
function askedOf(facts: Facts, topology: Topology): Family[] {
  const wanted = wantedFamilies(facts);
  return FAMILIES.filter((family) => wanted.includes(family) && TOPOLOGY_FAMILIES[topology].includes(family));
}

/** Whoever asks for an address asks to be reached: where there was a backend to reach. */
function probeOf(facts: Facts, topology: Topology): object[] {
  const { name, ports } = facts.service;
  const served = askedOf(facts, topology).filter((family) =>
    facts.endpoints.some((one) => one.ready && one.family === family),
  );
  const port =
    ports.find(({ protocol }) => protocol === 'TCP') ?? ports.find(({ protocol }) => protocol === 'UDP');
  if (served.length === 0 || !port) return [];
  const protocol = port.protocol === 'TCP' ? 'http' : 'udp';
  const expect = Object.fromEntries(served.map((family) => [family, 'reachable']));
  return [{ id: 'reached', probe: { service: name, port: port.port, protocol, expect } }];
}

/** The primary family is that of the first CIDR. */
function topologyOf({ cluster, service }: Facts): Topology {
  const cidrs = cluster.serviceCIDRs.length > 0 ? cluster.serviceCIDRs : cluster.podCIDRs;
  const families = cidrs.map((cidr) => familyOf(cidr.replace(/\/.*/, '')));
  const [primary = service.ipFamilies[0] ?? 'IPv4'] = families;
  if (new Set(families).size === 2) return primary === 'IPv4' ? 'dual' : 'dual-v6-primary';
  return primary === 'IPv4' ? 'ipv4' : 'ipv6';
}
