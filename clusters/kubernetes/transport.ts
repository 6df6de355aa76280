import { Agent, type Dispatcher } from 'undici';

import { formatMs, monotonicMs } from '../../base/clock.ts';
import { sleep } from '../../base/converge.ts';
import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { errorFromAnswer, unreachable } from './api-error.ts';
import type { Credentials } from './credentials.ts';
import type { ClusterAccess } from './kubeconfig.ts';

export type Query = Record<string, string | number | boolean | undefined>;

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, already encoded: `/api/v1/nodes`. */
  path: string;
  /** Entries that are undefined are left out. */
  query?: Query | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Of the body; JSON unless told. */
  contentType?: string;
  signal?: AbortSignal | undefined;
}

/** HTTP to one API server over kept-alive connections: JSON in and out, or an open stream. */
export class ApiTransport implements AsyncDisposable {
  readonly #access: ClusterAccess;
  readonly #server: string;
  readonly #url: URL;
  #agent: Agent;
  /** Whose certificate the agent's connections have shown. */
  #shown: Credentials;
  readonly #former: Agent[] = [];
  #closed = false;

  constructor(access: ClusterAccess) {
    this.#access = access;
    this.#server = access.server;
    this.#url = new URL(access.server);
    this.#shown = access;
    this.#agent = agentOf(access, access);
  }

  /**
   * One call, at most `timeoutMs('api')` long, its waits for an overloaded server included. Resolves with the
   * parsed JSON, with the text of an answer that is none, or with undefined for an empty one.
   * @throws KubernetesApiError; HarnessError `DUALVIP_API_SHAPE` or `DUALVIP_API_CLOSED`; the signal's reason.
   */
  async request(request: ApiRequest): Promise<unknown> {
    const limit = timeoutMs('api');
    const end = monotonicMs() + limit;
    const deadline = AbortSignal.timeout(limit);
    const bound = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
    for (;;) {
      const answer = await this.#guard(request, deadline, async () => {
        const response = await this.#authorised(request, { signal: bound });
        return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
      });
      const body = parseBody(callOf(request), answer);
      if (answer.status < 300) return body;
      // A server that is overloaded, or still setting up the storage of a new CRD, refuses before it acts and
      // says when to come back: https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
      const pauseMs = Number(answer.headers['retry-after']) * 1000;
      const retry = answer.status === 429 || answer.status >= 500;
      if (!retry || !(monotonicMs() + pauseMs < end)) {
        throw errorFromAnswer(callOf(request), answer.status, body);
      }
      await sleep(pauseMs, request.signal);
    }
  }

  /**
   * Opens a stream: a watch or a log. Ending the iteration frees its connection.
   * @param idleMs how long the stream may be silent before it counts as dead; 0 for ever.
   * @throws as `request` does, in the course of the iteration too.
   */
  async open(request: ApiRequest, idleMs: number): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.#guard(request, undefined, () =>
      this.#authorised(request, { signal: request.signal, bodyTimeout: idleMs }),
    );
    if (response.statusCode >= 300) {
      const { statusCode: status, headers } = response;
      const text = await this.#guard(request, undefined, () => response.body.text());
      throw errorFromAnswer(callOf(request), status, parseBody(callOf(request), { status, headers, text }));
    }
    // Aborted before it is read, a body says so by an event, which would end the process; reading it tells, too.
    response.body.on('error', () => {});
    return this.#chunks(request, response.body);
  }

  /** Breaks off whatever is under way: it rejects with `DUALVIP_API_CLOSED`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.all([this.#agent, ...this.#former].map((agent) => agent.destroy()));
  }

  /** Credentials that end are renewed once where the server refuses them. */
  async #authorised(request: ApiRequest, options: SendOptions): Promise<Dispatcher.ResponseData> {
    const source = this.#access.credentials;
    if (!source) return this.#send(request, this.#access, options);
    const credentials = await source.current();
    const response = await this.#send(request, credentials, options);
    if (response.statusCode !== 401) return response;
    await response.body.dump();
    return this.#send(request, await source.renewed(credentials), options);
  }

  #send(
    request: ApiRequest,
    credentials: Credentials,
    options: SendOptions,
  ): Promise<Dispatcher.ResponseData> {
    this.#show(credentials);
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) query.set(name, String(value));
    }
    const suffix = query.size === 0 ? '' : `?${query.toString()}`;
    const { signal, ...timeouts } = options;
    const headers = {
      // A log is plain text; everything else answers in the first of the two.
      accept: 'application/json, */*',
      'user-agent': 'dualvip',
      ...(credentials.token === undefined ? {} : { authorization: `Bearer ${credentials.token}` }),
    };
    return this.#agent.request({
      origin: this.#url.origin,
      path: this.#url.pathname.replace(/\/$/, '') + request.path + suffix,
      method: request.method,
      headers:
        request.body === undefined
          ? headers
          : { ...headers, 'content-type': request.contentType ?? 'application/json' },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(signal ? { signal } : {}),
      headersTimeout: timeoutMs('api'),
      ...timeouts,
    });
  }

  /** A connection shows the certificate that it was made with: another one takes other connections. */
  #show(credentials: Credentials): void {
    if (credentials.clientCertificate === this.#shown.clientCertificate) return;
    if (credentials.clientCertificate === undefined) return;
    this.#former.push(this.#agent);
    this.#shown = credentials;
    this.#agent = agentOf(this.#access, credentials);
  }

  async *#chunks(request: ApiRequest, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      throw this.#failure(request, undefined, error);
    }
  }

  async #guard<T>(
    request: ApiRequest,
    deadline: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#failure(request, deadline, error);
    }
  }

  /** What a failure below HTTP means: the caller stopped, we closed, or the server cannot be reached. */
  #failure(request: ApiRequest, deadline: AbortSignal | undefined, error: unknown): unknown {
    if (request.signal?.aborted) return request.signal.reason;
    // What gives the credentials has failed, and says so itself.
    if (error instanceof HarnessError) return error;
    const call = callOf(request);
    if (this.#closed) {
      return new HarnessError('DUALVIP_API_CLOSED', `${call}: the client was closed`, { cause: error });
    }
    const cause = deadline?.aborted ? new Error(`none within ${formatMs(timeoutMs('api'))}`) : error;
    return unreachable(call, this.#server, cause);
  }
}

type SendOptions = Pick<Dispatcher.RequestOptions, 'bodyTimeout'> & { signal: AbortSignal | undefined };

function agentOf(access: ClusterAccess, { clientCertificate, clientKey }: Credentials): Agent {
  return new Agent({
    // Every watch holds a connection of its own, so that one that breaks takes no other along.
    allowH2: false,
    // A scenario settles and probes for longer than undici's 4 s between two calls, and a TLS handshake costs
    // more than most calls. The API server closes idle connections after 90 s.
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 80_000,
    connect: {
      ...(access.certificateAuthority === undefined ? {} : { ca: access.certificateAuthority }),
      ...(clientCertificate === undefined ? {} : { cert: clientCertificate }),
      ...(clientKey === undefined ? {} : { key: clientKey }),
      ...(access.tlsServerName === undefined ? {} : { servername: access.tlsServerName }),
      ...(access.insecureSkipTlsVerify ? { rejectUnauthorized: false } : {}),
    },
  });
}

function callOf(request: ApiRequest): string {
  return `${request.method} ${request.path}`;
}

interface Answer {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  text: string;
}

function parseBody(call: string, { status, headers, text }: Answer): unknown {
  if (text === '') return undefined;
  if (!String(headers['content-type']).includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (status >= 300) return text;
    throw new HarnessError('DUALVIP_API_SHAPE', `${call}: the answer says it is JSON and is not`, {
      cause: error,
      hint: 'Is something between the harness and the API server?',
    });
  }
}
