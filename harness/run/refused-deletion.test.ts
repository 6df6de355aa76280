import { expect, it } from 'vitest';

import { KubernetesApiError } from '../../clusters/kubernetes/api-error.ts';
import { untilNotRefused } from './refused-deletion.ts';

const { signal } = new AbortController();

const refusal = (reason: string) =>
  new KubernetesApiError({
    call: 'DELETE',
    status: reason === 'Forbidden' ? 403 : 404,
    reason,
    message: 'no',
  });

/** Fails with these, one after the other, and then does it. */
function failing(...reasons: string[]) {
  return () => {
    const reason = reasons.shift();
    return reason === undefined ? Promise.resolve('deleted') : Promise.reject(refusal(reason));
  };
}

it('deletes again while it is refused', async () => {
  expect(await untilNotRefused(failing('Forbidden', 'Forbidden'), signal)).toBe('deleted');
});

it('fails at once with anything else', async () => {
  await expect(untilNotRefused(failing('Forbidden', 'NotFound'), signal)).rejects.toMatchObject({
    reason: 'NotFound',
  });
});

it('ends with the signal’s reason', async () => {
  const stop = new AbortController();
  stop.abort(new Error('interrupted'));
  await expect(untilNotRefused(failing('Forbidden'), stop.signal)).rejects.toThrow('interrupted');
});
