import type { ImplementationFacts } from '../../clusters/implementations/facts.ts';
import type { Topology } from '../../clusters/topology.ts';
import { usesBgp } from '../scenario/cross-check.ts';
import type { GivenPlaces } from '../scenario/given-ranges.ts';
import type { Pool, Scenario, Step, StepKind } from '../scenario/schema.ts';

/** What scenarios meet in a cluster that somebody else runs. */
export interface Surroundings {
  topology: Topology;
  places: GivenPlaces;
  /** Pools of others from which any Service of the run's namespace may get an address. */
  openPools: readonly string[];
  /** Advertisements of others that every pool is announced by, also those of a run. */
  openAdvertisements: readonly string[];
  /** Whether others have pools or advertisements at all. */
  hasOthers: boolean;
  /** The API tells where cluster IPs come from (networking.k8s.io/v1, since Kubernetes 1.33). */
  tellsServiceCIDRs: boolean;
}

/** What a run finds of others, with its own namespace made: whose pools it may get addresses from is then known. */
export function othersOf(
  facts: Pick<ImplementationFacts, 'pools' | 'announcing'>,
  namespace: string,
): Pick<Surroundings, 'openPools' | 'openAdvertisements' | 'hasOthers'> {
  const { pools, announcing } = facts;
  const advertisements = announcing?.advertisements ?? [];
  return {
    openPools: pools
      .filter(({ autoAssign, namespaces }) => autoAssign && (namespaces?.includes(namespace) ?? true))
      .map(({ name }) => name),
    openAdvertisements: advertisements.filter(({ everyPool }) => everyPool).map(({ name }) => name),
    hasOthers: pools.length + advertisements.length > 0,
  };
}

/** So many Services are no burden on anybody's cluster. */
const MOST_SERVICES = 50;

/** What a step does that is not to be done in somebody's cluster, or cannot be done there. */
const UNFIT: Partial<Record<StepKind, string>> = {
  fault: 'it makes faults',
  heal: 'it makes faults',
  streams: 'it measures outages, beside a container on the nodes’ own bridge',
  outage: 'it measures outages, beside a container on the nodes’ own bridge',
  place: 'it moves pods from node to node',
  restart: 'it restarts the controller',
  stop: 'it stops the controller',
  start: 'it stops the controller',
  router: 'it puts a router between client and nodes',
};

/**
 * Why a scenario cannot be run in somebody's cluster, or would be about what others have there; undefined where it can be run.
 * In doubt it is not run: a verdict that others' objects may have falsified is none.
 */
export function unfitness(scenario: Scenario, surroundings: Surroundings): string | undefined {
  return (
    ofPlace(scenario, surroundings) ?? ofDoing(scenario, surroundings) ?? ofOthers(scenario, surroundings)
  );
}

function ofPlace(scenario: Scenario, { topology, places }: Surroundings): string | undefined {
  if (!scenario.topologies.includes(topology)) {
    return `the cluster is ${topology}, and it is for ${scenario.topologies.join(', ')}`;
  }
  if (usesBgp(scenario)) return 'it announces by BGP, to a router that only a cluster of dualvip’s own has';
  const carved = places.get(scenario.id);
  return typeof carved === 'string' ? carved : undefined;
}

function ofDoing(scenario: Scenario, { tellsServiceCIDRs }: Surroundings): string | undefined {
  const { steps, manifests, advertise, features } = scenario;
  const [unfit] = steps.flatMap(({ kind }) => UNFIT[kind] ?? []);
  if (unfit !== undefined) return unfit;
  if (steps.some((step) => step.kind === 'probe' && step.probe.from !== undefined)) {
    return 'it connects from within the cluster';
  }
  if (!tellsServiceCIDRs && steps.some(({ kind }) => kind === 'prerequisites')) {
    return 'the API does not tell where cluster IPs come from (since Kubernetes 1.33 it does)';
  }
  const advertised = [
    ...advertise,
    ...steps.flatMap((step) => (step.kind === 'advertise' ? step.advertise.put : [])),
  ];
  if (advertised.some(({ interfaces }) => interfaces !== undefined)) return 'it names interfaces of nodes';
  const texts = [...Object.values(manifests), JSON.stringify([advertised, poolsOf(scenario), steps])];
  if (texts.some((text) => text.includes('${node.'))) return 'it names nodes of a cluster of dualvip’s own';
  if (texts.some((text) => LITERAL_REQUEST.test(text))) {
    return 'it asks for a pool or an address by a name that somebody here may have given';
  }
  if (features.includes('pool-validation') || steps.some(isRefusedPool)) {
    return 'it makes pools that are not valid, which MetalLB would stop at for everybody if they were taken';
  }
  const count = servicesOf(scenario);
  return count > MOST_SERVICES ? `it makes ${count} Services` : undefined;
}

/** A pool or an address that is asked for by what is written, and not by a variable of the run's own. */
const LITERAL_REQUEST = /(?:annotation\.(?:pool|addresses)\}|loadBalancerIP)["']?:[ "']*(?!\$\{)\S/;

function isRefusedPool({ kind, rejected }: Step): boolean {
  return rejected !== undefined && (kind === 'pools' || kind === 'advertise');
}

function ofOthers(
  scenario: Scenario,
  { openPools, openAdvertisements, hasOthers }: Surroundings,
): string | undefined {
  if (hasOthers && scenario.steps.some(({ kind }) => kind === 'diagnose')) {
    return 'its diagnosis would see pools and advertisements of others';
  }
  if (openPools.length > 0 && !alwaysServes(scenario)) {
    return `pool ${openPools.join(', ')} would serve it where its own pools are not to`;
  }
  if (openAdvertisements.length > 0 && !alwaysAnnounces(scenario)) {
    return `advertisement ${openAdvertisements.join(', ')} would announce what it does not`;
  }
  return undefined;
}

/**
 * Whether all Services of a scenario get all that they can ask for out of a pool of its own, at any time. MetalLB goes
 * to pools for a namespace first, which those of a run are, and to others only when none of them gives what is asked for.
 */
function alwaysServes(scenario: Scenario): boolean {
  if (scenario.steps.some(({ kind }) => kind === 'pools')) return false;
  // The nudges make another one.
  const wanted = servicesOf(scenario) + 1;
  return scenario.pools.some((pool) => {
    const { autoAssign, namespaces, serviceSelector } = pool;
    if (autoAssign === false || namespaces !== undefined || serviceSelector !== undefined) return false;
    return (['IPv4', 'IPv6'] as const).every((family) => sizeOf(pool, scenario, family) >= wanted);
  });
}

function sizeOf({ ranges }: Pool, scenario: Scenario, family: 'IPv4' | 'IPv6'): number {
  return ranges
    .map((name) => scenario.ranges[name])
    .reduce((sum, range) => sum + (range?.family === family ? (range.size ?? 0) : 0), 0);
}

/** Whether every pool of a scenario is announced without conditions at all times. */
function alwaysAnnounces(scenario: Scenario): boolean {
  if (scenario.steps.some(({ kind }) => kind === 'advertise')) return false;
  return poolsOf(scenario).every(({ name }) =>
    scenario.advertise.some(
      ({ pools, nodes, serviceSelector }) =>
        pools.includes(name) && nodes === undefined && serviceSelector === undefined,
    ),
  );
}

function poolsOf({ pools, steps }: Scenario): Pool[] {
  return [...pools, ...steps.flatMap((step) => (step.kind === 'pools' ? step.pools.put : []))];
}

/** How many Services there are at most, each copy counted. */
function servicesOf({ steps, manifests }: Scenario): number {
  const counts = new Map<string, number>();
  for (const step of steps) {
    if (step.kind !== 'apply') continue;
    for (const file of step.apply) {
      const documents = (manifests[file] ?? '').match(/^kind: *["']?Service["']? *$/gm)?.length ?? 0;
      counts.set(file, Math.max(counts.get(file) ?? 0, documents * (step.copies ?? 1)));
    }
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
