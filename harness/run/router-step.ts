import { LABEL } from '../../clusters/docker.ts';
import { startRouter, type Router } from './router.ts';
import type { Session } from './session.ts';

/** Starts the router of one scenario, between the probe and all of the scenario's ranges. */
export function startScenarioRouter(options: {
  session: Session;
  /** The scenario's id. */
  scenario: string;
  signal: AbortSignal;
}): Promise<Router> {
  const { session, scenario, signal } = options;
  const { docker, state } = session.cluster;
  return startRouter({
    docker,
    network: state.network.name,
    image: state.images.probe,
    name: `${state.name}-router-${session.runId}-${scenario}`,
    // By these, the next run and `down` find what a killed run has left.
    labels: { [LABEL.cluster]: state.name, [LABEL.run]: session.runId },
    probe: session.probe.containerId,
    ranges: session.ranges.get(scenario) ?? [],
    signal,
  });
}
