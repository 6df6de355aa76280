import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import type { ClusterAccess } from './kubeconfig.ts';
import type { KubernetesObject } from './objects.ts';

export interface Received {
  /** `GET /api/v1/services`; a watch is `WATCH /api/v1/services`. */
  call: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Route = (response: ServerResponse, request: Received) => unknown;

/** For unit tests: an API server on loopback that answers by a table of calls, and 404 to all others. */
export class FakeApiServer implements AsyncDisposable {
  readonly received: Received[] = [];
  readonly access: ClusterAccess;
  readonly #server: Server;

  private constructor(server: Server, access: ClusterAccess) {
    this.#server = server;
    this.access = access;
  }

  static async start(routes: Record<string, Route>): Promise<FakeApiServer> {
    const table: Record<string, Route> = { ...DISCOVERY, ...routes };
    const server = createServer((request, response) => void serve(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
    const fake = new FakeApiServer(server, { server: `http://127.0.0.1:${address.port}` });
    const serve = async (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? '/', fake.access.server);
      const method = url.searchParams.get('watch') === 'true' ? 'WATCH' : (request.method ?? '');
      const received: Received = {
        call: `${method} ${url.pathname}`,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: await text(request),
      };
      fake.received.push(received);
      const route = table[received.call];
      await (route
        ? route(response, received)
        : json(response, status(404, 'NotFound', 'not in the table'), 404));
    };
    return fake;
  }

  /** What was received, as calls, without the reads of discovery. */
  get calls(): string[] {
    return this.received.map(({ call }) => call).filter((call) => !(call in DISCOVERY));
  }

  /** How many connections are open now. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }
}

export function json(response: ServerResponse, body: unknown, httpStatus = 200): void {
  response.writeHead(httpStatus, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The list of a kind, as the API writes it: items without their kind. */
export function list(objects: readonly KubernetesObject[], resourceVersion: string): unknown {
  const items = objects.map(({ apiVersion: _apiVersion, kind: _kind, ...item }) => item);
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion }, items };
}

/** One line of a watch. */
export function line(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

export function status(code: number, reason: string, message: string): object {
  return { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message };
}

export function service(name: string, resourceVersion: string, rest: object = {}): KubernetesObject {
  const metadata = { name, namespace: 'demo', uid: `uid-of-${name}`, resourceVersion };
  return { apiVersion: 'v1', kind: 'Service', metadata, ...rest };
}

const kinds = (...resources: { name: string; kind: string; namespaced: boolean }[]): Route => {
  return (response) => json(response, { kind: 'APIResourceList', resources });
};

const DISCOVERY: Record<string, Route> = {
  'GET /api/v1': kinds(
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
    { name: 'nodes', kind: 'Node', namespaced: false },
    { name: 'services', kind: 'Service', namespaced: true },
    { name: 'services/status', kind: 'Service', namespaced: true },
  ),
  'GET /apis/apps/v1': kinds(
    { name: 'deployments', kind: 'Deployment', namespaced: true },
    { name: 'deployments/scale', kind: 'Scale', namespaced: true },
  ),
  'GET /apis/apiextensions.k8s.io/v1': kinds({
    name: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
  }),
};
