import { describe, expect, it } from 'vitest';

import { KubernetesApiError } from '../../kubernetes/api-error.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { metricsAccess, speakerMetrics } from './speaker-metrics.ts';

const { signal } = new AbortController();
const PLAIN = { containerPort: 7472, name: 'monitoring' };
const SECURE = { containerPort: 9120, name: 'metricshttps' };

function pod(node: string, port: object, fields: { phase?: string; going?: boolean } = {}): KubernetesObject {
  const { phase = 'Running', going = false } = fields;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `speaker-${node}`, ...(going ? { deletionTimestamp: '2026-11-23T00:00:00Z' } : {}) },
    spec: { nodeName: node, containers: [{ name: 'speaker', ports: [{ containerPort: 7946 }, port] }] },
    status: { phase },
  };
}

/** A cluster of these speakers, with what was asked of it. `status`: what they answer with, by node. */
function cluster(
  items: KubernetesObject[],
  token: () => unknown = () => ({ status: { token: 's3cret' } }),
  status: Record<string, string> = {},
) {
  const asked: string[] = [];
  const speak = () =>
    speakerMetrics({
      client: {
        list: () => Promise.resolve({ items, resourceVersion: '1' }),
        request({ method, path }) {
          asked.push(`${method} ${path}`);
          return Promise.resolve(method === 'POST' ? token() : `metrics by ${path}`);
        },
      },
      onNode(node, command, input) {
        asked.push(`${node}: ${command.join(' ')} < ${input}`);
        return Promise.resolve(`metrics of ${node}\nin lines\n${status[node] ?? '200'}`);
      },
      signal,
    });
  return { asked, speak };
}

const path = (node: string) => `/api/v1/namespaces/metallb-system/pods/speaker-${node}:7472/proxy/metrics`;

describe('speakerMetrics', () => {
  it('come by way of the API server where they are plain', async () => {
    const { asked, speak } = cluster([pod('a', PLAIN), pod('b', PLAIN)]);
    expect(await speak()).toEqual([`metrics by ${path('a')}`, `metrics by ${path('b')}`]);
    expect(asked).toEqual([`GET ${path('a')}`, `GET ${path('b')}`]);
  });

  it('come from the node, with a token, where they want one', async () => {
    const { asked, speak } = cluster([pod('a', SECURE)]);
    expect(await speak()).toEqual(['metrics of a\nin lines']);
    expect(asked).toEqual([
      'POST /api/v1/namespaces/metallb-system/serviceaccounts/dualvip-metrics-reader/token',
      'a: curl --silent --show-error --insecure --max-time 10 --write-out \\n%{http_code} --config - https://localhost:9120/metrics' +
        ' < header = "Authorization: Bearer s3cret"\n',
    ]);
  });

  it('are those of speakers that run', async () => {
    const { speak } = cluster([
      pod('a', SECURE, { going: true }),
      pod('b', SECURE, { phase: 'Pending' }),
      pod('c', SECURE),
    ]);
    expect(await speak()).toEqual(['metrics of c\nin lines']);
  });

  it('cannot be had where there is no port of theirs, or no account for the token', async () => {
    expect(await cluster([pod('a', { containerPort: 1 })]).speak()).toBeUndefined();
    const missing = new KubernetesApiError({
      call: 'POST',
      status: 404,
      reason: 'NotFound',
      message: 'serviceaccounts "dualvip-metrics-reader" not found',
    });
    const refusing = cluster([pod('a', SECURE)], () => {
      throw missing;
    });
    expect(await refusing.speak()).toBeUndefined();
  });

  it('cannot be had where a speaker cannot ask the API whose token it is', async () => {
    const { speak } = cluster([pod('a', SECURE), pod('b', SECURE)], undefined, { b: '500' });
    expect(await speak()).toBeUndefined();
  });

  it('are an error where a speaker refuses them', async () => {
    const { speak } = cluster([pod('a', SECURE)], undefined, { a: '403' });
    await expect(speak()).rejects.toThrow('the speaker on a answers its metrics with HTTP 403');
  });

  it('fail for any other reason', async () => {
    const { speak } = cluster([pod('a', SECURE)], () => {
      throw new Error('the API is gone');
    });
    await expect(speak()).rejects.toThrow('the API is gone');
  });
});

describe('metricsAccess', () => {
  it('lets the account read metrics and nothing else', () => {
    const roles = metricsAccess().filter(({ kind }) => kind === 'ClusterRole');
    expect(roles.map(({ rules }) => rules)).toEqual([
      [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
      [
        { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
        { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
      ],
    ]);
  });
});
