import type { ServerResponse } from 'node:http';

import { FakeApiServer, json, line, list, type Route } from '../../kubernetes/fake-api-server.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { POOL } from './pools.ts';

const POOLS = '/apis/cilium.io/v2alpha1/ciliumloadbalancerippools';
const PODS = '/api/v1/namespaces/cilium-system/pods';

/** A pool; `counted` is the generation that LB-IPAM has counted the addresses of. */
export function fakePool(
  name: string,
  {
    uid = `uid-of-${name}`,
    generation = 1,
    counted,
  }: { uid?: string; generation?: number; counted?: number },
): KubernetesObject {
  const conditions = [{ type: 'cilium.io/IPsUsed', observedGeneration: counted }];
  return {
    ...POOL,
    metadata: { name, uid, generation, resourceVersion: '5' },
    ...(counted === undefined ? {} : { status: { conditions } }),
  };
}

/** For unit tests: an API server with pools that are watched, and an operator whose metrics name pools. */
export class FakeCluster implements AsyncDisposable {
  /** The pools that LB-IPAM knows. */
  readonly metrics = new Set<string>();
  readonly #pods: string[];
  #watch: ServerResponse | undefined;
  #server: FakeApiServer | undefined;

  constructor({ pods = ['operator-1'] }: { pods?: string[] } = {}) {
    this.#pods = pods;
  }

  async start(
    pools: readonly KubernetesObject[],
    routes: Record<string, Route> = {},
  ): Promise<FakeApiServer> {
    const pods = this.#pods.map((name) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } }));
    const resources = [{ name: 'ciliumloadbalancerippools', kind: POOL.kind, namespaced: false }];
    this.#server = await FakeApiServer.start({
      'GET /api/v1': (response) =>
        json(response, {
          kind: 'APIResourceList',
          resources: [{ name: 'pods', kind: 'Pod', namespaced: true }],
        }),
      'GET /apis/cilium.io/v2alpha1': (response) => json(response, { kind: 'APIResourceList', resources }),
      [`GET ${POOLS}`]: (response) => json(response, list(pools, '5')),
      [`WATCH ${POOLS}`]: (response) => {
        this.#watch = response;
        response.flushHeaders();
      },
      [`GET ${PODS}`]: (response) => json(response, list(pods, '5')),
      [`GET ${PODS}/operator-1:9963/proxy/metrics`]: (response) => {
        const series = [...this.metrics].map(
          (pool) => `cilium_operator_lbipam_ips_available_total{pool="${pool}"} 8`,
        );
        response
          .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
          .end(`${series.join('\n')}\n`);
      },
      ...routes,
    });
    return this.#server;
  }

  /** Tells the watch of pools, which has begun. */
  tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', pool: KubernetesObject): void {
    if (!this.#watch) throw new Error('nothing watches the pools');
    this.#watch.write(line(type, pool));
  }

  /** What was asked of the API server. */
  get calls(): string[] {
    return this.#server?.calls ?? [];
  }

  get isWatched(): boolean {
    return this.#watch !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}
