import pMap from 'p-map';
import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import type { Implementation } from '../implementations/implementation.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { readAs } from '../kubernetes/objects.ts';

/** As in authorization.k8s.io/v1, ResourceAttributes. */
interface Right {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
}

const reviewSchema = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

/** What a run does in somebody's cluster, beside reading what belongs to everybody. */
function rightsOf({ controller }: Pick<Implementation, 'controller'>): Right[] {
  const { namespace } = controller;
  const both = ['create', 'delete'];
  const metallb = ['ipaddresspools', 'l2advertisements'];
  return [
    ...both.map((verb) => ({ verb, group: '', resource: 'namespaces' })),
    ...['create', 'patch', 'delete', 'watch'].map((verb) => ({ verb, group: '', resource: 'services' })),
    { verb: 'create', group: 'apps', resource: 'deployments' },
    ...metallb.flatMap((resource) =>
      both.map((verb) => ({ verb, group: 'metallb.io', resource, namespace })),
    ),
    { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace },
  ];
}

/** @throws HarnessError `DUALVIP_RIGHTS_MISSING`, which names all of them */
export async function checkRights(
  client: Pick<KubernetesClient, 'request'>,
  implementation: Pick<Implementation, 'controller'>,
  signal: AbortSignal,
): Promise<void> {
  const rights = rightsOf(implementation);
  const allowed = await pMap(rights, (right) => isAllowed(client, right, signal), { concurrency: 4, signal });
  const missing = rights.filter((_, index) => !allowed[index]).map(describe);
  if (missing.length === 0) return;
  throw new HarnessError(
    'DUALVIP_RIGHTS_MISSING',
    `whom the kubeconfig is for may not ${missing.join(', ')}`,
    {
      hint: 'A run makes namespaces, Services and pools, and follows the controller’s log: docs/any-cluster.md.',
    },
  );
}

/** https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/ */
async function isAllowed(
  client: Pick<KubernetesClient, 'request'>,
  right: Right,
  signal: AbortSignal,
): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: right },
  };
  const answer = await client.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: review,
    signal,
  });
  return readAs(reviewSchema, answer).status.allowed;
}

function describe({ verb, group, resource, subresource, namespace }: Right): string {
  const what = [resource, subresource].filter(Boolean).join('/');
  return `${verb} ${what}${group === 'metallb.io' ? `.${group}` : ''}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
