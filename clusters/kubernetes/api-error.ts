import { z } from 'zod';

import { HarnessError, messageOf, type HarnessErrorOptions } from '../../base/errors.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
const statusSchema = z.object({
  kind: z.literal('Status'),
  code: z.number().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

/** For answers without a reason of their own, such as the plain text of an unknown path. */
const REASON_BY_STATUS: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

export interface ApiFailure {
  /** As in `GET /api/v1/nodes`. */
  call: string;
  /** The HTTP status, undefined when there was no answer. */
  status: number | undefined;
  /** A StatusReason of Kubernetes (`NotFound`), or `Unreachable`. */
  reason: string;
  message: string;
}

/** A call that the API refused, or that got no answer. Its code is `DUALVIP_API_<REASON>`. */
export class KubernetesApiError extends HarnessError {
  readonly status: number | undefined;
  readonly reason: string;

  constructor({ call, status, reason, message }: ApiFailure, options: HarnessErrorOptions = {}) {
    const what = status === undefined ? '' : `${status} ${reason}: `;
    super(`DUALVIP_API_${constantCase(reason)}`, `${call}: ${what}${message}`, options);
    this.name = 'KubernetesApiError';
    this.status = status;
    this.reason = reason;
  }

  /** True when the same call may succeed a moment later: no answer, too many requests, a server's trouble. */
  get transient(): boolean {
    return this.status === undefined || this.status === 429 || this.status >= 500;
  }
}

/** The error that an answer with a failure status, or a watch event of type ERROR, stands for. */
export function errorFromAnswer(call: string, httpStatus: number, body: unknown): KubernetesApiError {
  const parsed = statusSchema.safeParse(body);
  const answer = parsed.success ? parsed.data : undefined;
  const status = answer?.code ?? httpStatus;
  // StatusReasonUnknown is the empty string, hence `||`.
  const reason = answer?.reason || (REASON_BY_STATUS[status] ?? 'Unknown');
  const text = typeof body === 'string' ? body.trim().slice(0, 300) : '';
  return new KubernetesApiError({
    call,
    status,
    reason,
    message: answer?.message || text || 'the API gave no message',
  });
}

/** The error for a connection that could not be made, broke, or stayed silent. */
export function unreachable(call: string, server: string, cause: unknown): KubernetesApiError {
  return new KubernetesApiError(
    {
      call,
      status: undefined,
      reason: 'Unreachable',
      message: `no answer from ${server} (${explain(cause)})`,
    },
    {
      cause,
      hint: 'Does the cluster run? `docker ps` shows its nodes, `kubectl get nodes` whether they answer.',
    },
  );
}

/** True for the API's 404, of an object as of a path. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubernetesApiError && error.status === 404;
}

function explain(cause: unknown): string {
  // A name with several addresses fails with an AggregateError whose own message is empty.
  if (cause instanceof AggregateError) return cause.errors.map(messageOf).join(', ');
  return messageOf(cause);
}

function constantCase(reason: string): string {
  return reason.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}
