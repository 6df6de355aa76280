import { describe, expect, it } from 'vitest';

import { rolloutComplete } from './rollout.ts';

const object = (kind: string, rest: object) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web', namespace: 'demo', generation: 2 },
  ...rest,
});
const deployment = (status: object, spec: object = { replicas: 2 }) =>
  object('Deployment', { spec, status: { observedGeneration: 2, ...status } });
const daemonSet = (status: object) => object('DaemonSet', { status: { observedGeneration: 2, ...status } });

describe('rolloutComplete', () => {
  it.each([
    [{ replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, true],
    [{}, '0 of 2 replicas are updated'],
    [{ replicas: 3, updatedReplicas: 2, availableReplicas: 3 }, '1 old replicas are still there'],
    [{ replicas: 2, updatedReplicas: 2, availableReplicas: 1 }, '1 of 2 replicas are available'],
    [
      {
        replicas: 2,
        updatedReplicas: 2,
        conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded', message: 'timed out' }],
      },
      '0 of 2 replicas are available (timed out)',
    ],
    [
      { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
      'its controller has not seen the latest spec',
    ],
  ])('Deployment with status %j: %j', (status, answer) => {
    expect(rolloutComplete(deployment(status))).toBe(answer);
  });

  it('takes one replica for granted, and none for complete', () => {
    expect(rolloutComplete(deployment({}, {}))).toBe('0 of 1 replicas are updated');
    expect(rolloutComplete(deployment({}, { replicas: 0 }))).toBe(true);
  });

  it.each([
    [{ desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 3 }, true],
    [{ desiredNumberScheduled: 3, updatedNumberScheduled: 1, numberReady: 3 }, '1 of 3 pods are updated'],
    [{ desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberReady: 2 }, '2 of 3 pods are ready'],
  ])('DaemonSet with status %j: %j', (status, answer) => {
    expect(rolloutComplete(daemonSet(status))).toBe(answer);
  });

  it('waits for an object that is not there, or has no status yet', () => {
    expect(rolloutComplete(undefined)).toBe('it does not exist');
    expect(rolloutComplete(object('DaemonSet', {}))).toBe('its controller has not seen the latest spec');
  });

  it('refuses a kind that does not roll out', () => {
    const set = object('ReplicaSet', { status: { observedGeneration: 2 } });
    expect(() => rolloutComplete(set)).toThrow('ReplicaSet demo/web does not roll out');
  });
});
