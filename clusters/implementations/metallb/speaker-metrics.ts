import pMap from 'p-map';
import { z } from 'zod';

import { HarnessError } from '../../../base/errors.ts';
import { isNotFound } from '../../kubernetes/api-error.ts';
import { objectSchema, readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import type { MetricsOptions } from '../announcing.ts';
import { METALLB_NAMESPACE } from './pools.ts';

/** Of the speakers: plain HTTP up to 0.15, HTTPS for those with a bearer token since 0.16. */
const PLAIN_PORT = 'monitoring';
const SECURE_PORT = 'metricshttps';

const READER = 'dualvip-metrics-reader';
const REVIEWS = 'dualvip-metallb-reviews';

const podSchema = objectSchema.extend({
  spec: z.looseObject({
    nodeName: z.string(),
    containers: z.array(
      z.looseObject({
        ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.number() })).default([]),
      }),
    ),
  }),
});

const review = (apiGroup: string, resource: string) => ({
  apiGroups: [apiGroup],
  resources: [resource],
  verbs: ['create'],
});

/**
 * What metrics over HTTPS need beside upstream's manifests: speakers that may ask the API whose token it is and
 * what that one may do (config/prometheus-native/rbac-patch.yaml of MetalLB's module), and an account that may read them.
 */
export function metricsAccess(): KubernetesObject[] {
  const rbac = 'rbac.authorization.k8s.io/v1';
  const role = (name: string, rules: object[]) => ({
    apiVersion: rbac,
    kind: 'ClusterRole',
    metadata: { name },
    rules,
  });
  const binding = (name: string, account: string) => ({
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: METALLB_NAMESPACE }],
  });
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: READER, namespace: METALLB_NAMESPACE } },
    role(READER, [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }]),
    binding(READER, READER),
    role(REVIEWS, [
      review('authentication.k8s.io', 'tokenreviews'),
      review('authorization.k8s.io', 'subjectaccessreviews'),
    ]),
    binding(REVIEWS, 'speaker'),
  ];
}

/**
 * The metrics of every speaker, in Prometheus' text format: by way of the API server where they are plain, and
 * from the node itself where they want a token, of which the API server hands none on. Undefined where they have
 * neither port, and where one of them tells nothing: who announces may be just what that one knows.
 */
export async function speakerMetrics(options: MetricsOptions): Promise<string[] | undefined> {
  const { client, signal } = options;
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace: METALLB_NAMESPACE, labelSelector: 'component=speaker', signal },
  );
  const speakers = items
    .filter(({ metadata, status }) => !metadata.deletionTimestamp && isRunning(status))
    .map((pod) => {
      const { metadata, spec } = readAs(podSchema, pod);
      const ports = spec.containers.flatMap((container) => container.ports);
      const portOf = (wanted: string) => ports.find(({ name }) => name === wanted)?.containerPort;
      return {
        pod: metadata.name,
        node: spec.nodeName,
        plain: portOf(PLAIN_PORT),
        secure: portOf(SECURE_PORT),
      };
    });
  const token = speakers.some(({ secure }) => secure !== undefined) ? await readerToken(options) : undefined;
  const texts = await pMap(speakers, async ({ pod, node, plain, secure }) => {
    if (plain !== undefined) {
      const proxy = `/api/v1/namespaces/${METALLB_NAMESPACE}/pods/${pod}:${plain}/proxy`;
      return String(await client.request({ method: 'GET', path: `${proxy}/metrics`, signal }));
    }
    if (secure === undefined || token === undefined) return undefined;
    // Its certificate is its own, made at its start.
    const curl = ['curl', '--silent', '--show-error', '--insecure', '--max-time', '10'];
    const write = ['--write-out', String.raw`\n%{http_code}`];
    const url = `https://localhost:${secure}/metrics`;
    // Not as an argument, which every process of the machine can read.
    const input = `header = "Authorization: Bearer ${token}"\n`;
    return metricsIn(await options.onNode(node, [...curl, ...write, '--config', '-', url], input), node);
  });
  const had = texts.filter((text) => text !== undefined);
  return had.length < texts.length || had.length === 0 ? undefined : had;
}

/**
 * The page, after which the status stands. One that cannot ask the API server whose token it is answers with 500: then
 * nobody is told anything. @throws HarnessError `DUALVIP_METRICS` for any other status
 */
function metricsIn(answer: string, node: string): string | undefined {
  const at = answer.lastIndexOf('\n');
  const status = answer.slice(at + 1).trim();
  if (status === '200') return answer.slice(0, Math.max(at, 0));
  if (status === '500') return undefined;
  throw new HarnessError(
    'DUALVIP_METRICS',
    `the speaker on ${node} answers its metrics with HTTP ${status}`,
    {
      hint: `Look at \`kubectl --namespace ${METALLB_NAMESPACE} logs --selector component=speaker\`.`,
    },
  );
}

function isRunning(status: unknown): boolean {
  return z.looseObject({ phase: z.literal('Running') }).safeParse(status).success;
}

const tokenSchema = z.looseObject({ status: z.looseObject({ token: z.string() }) });

/** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
async function readerToken({ client, signal }: MetricsOptions): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${METALLB_NAMESPACE}/serviceaccounts/${READER}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  try {
    const answer = await client.request({ method: 'POST', path, body, signal });
    return tokenSchema.parse(answer).status.token;
  } catch (error) {
    // A cluster that was made without the account: the metrics cannot be had.
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
