import type { Cluster } from '../../clusters/cluster.ts';
import type { Faults } from '../../clusters/faults/faults.ts';
import type { StatusFollower } from '../../clusters/implementations/announcing.ts';
import type { Implementation, PoolFollower } from '../../clusters/implementations/implementation.ts';
import type { StartedProbe } from '../probe/probe.ts';
import type { CarvedRange } from '../scenario/carve.ts';
import type { ObservationLog } from './observation-log.ts';
import type { RestartGate } from './restart-gate.ts';

/** Everything that the scenarios of a run share. */
export interface Session {
  runId: string;
  /** Of the scenarios' Services and the shared backend. */
  namespace: string;
  /** Absolute path of reports/runs/<id>. */
  folder: string;
  cluster: Cluster;
  implementation: Implementation;
  pools: PoolFollower;
  /** The objects in which the implementation says who announces; undefined: it has none. */
  announcerStatus: StatusFollower | undefined;
  probe: StartedProbe;
  /** Of its container. */
  probeName: string;
  /** FRR's image, where scenarios of the run announce by BGP. */
  routerImage: string | undefined;
  log: ObservationLog;
  /** Where scenarios meet that want the implementation's controller restarted. */
  restarts: RestartGate;
  faults: Faults;
  /** Why nothing is connected to; undefined where there is a probe. */
  unreached?: string;
  /** Why scenarios are not run in this cluster, by their ids. */
  unfit: ReadonlyMap<string, string>;
  /** True: others use the cluster, so pools are for the run's namespace only, under names of their own. */
  isolated: boolean;
  /** By scenario id; disjoint. */
  ranges: ReadonlyMap<string, readonly CarvedRange[]>;
}
