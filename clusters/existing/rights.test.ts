import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { checkRights } from './rights.ts';

const { signal } = new AbortController();
const implementation = {
  controller: { namespace: 'metallb-system', labelSelector: 'component=controller', container: 'controller' },
};

const reviewSchema = z.object({
  spec: z.object({ resourceAttributes: z.object({ verb: z.string(), resource: z.string() }) }),
});

/** An API that allows all but these verbs of these resources. */
function api(denied: readonly string[]) {
  return {
    request: ({ body }: { body?: unknown }) => {
      const { verb, resource } = reviewSchema.parse(body).spec.resourceAttributes;
      return Promise.resolve({ status: { allowed: !denied.includes(`${verb} ${resource}`) } });
    },
  };
}

describe('checkRights', () => {
  it('takes whoever may do it all', async () => {
    await expect(checkRights(api([]), implementation, signal)).resolves.toBeUndefined();
  });

  it('names all that may not be done', async () => {
    const denied = ['create namespaces', 'delete ipaddresspools', 'get pods'];
    await expect(checkRights(api(denied), implementation, signal)).rejects.toMatchObject({
      code: 'DUALVIP_RIGHTS_MISSING',
      message:
        'whom the kubeconfig is for may not create namespaces, delete ipaddresspools.metallb.io in metallb-system, get pods/log in metallb-system',
    });
  });
});
