import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';

// Every schema is loose: what the harness does not know, it passes on untouched.

const metadataSchema = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: z.number().optional(),
  // Null where a manifest names one and leaves it empty, which the API takes for absent.
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  finalizers: z.array(z.string()).nullish(),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().nullish(),
});

export const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: metadataSchema,
});

/** Any Kubernetes object: what all of them have, and the rest as it came. */
export type KubernetesObject = z.infer<typeof objectSchema>;

/** A kind of object, as manifests name it. */
export interface ResourceRef {
  apiVersion: string;
  kind: string;
}

/** One object. `namespace` is needed where the kind is namespaced; nothing defaults to "default". */
export interface ObjectRef extends ResourceRef {
  name: string;
  namespace?: string | undefined;
}

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

const familySchema = z.enum(['IPv4', 'IPv6']);

export const serviceSchema = objectSchema.extend({
  spec: z.looseObject({
    type: z.string().optional(),
    /** The primary family first. */
    ipFamilies: z.array(familySchema).default([]),
    ipFamilyPolicy: z.enum(['SingleStack', 'PreferDualStack', 'RequireDualStack']).optional(),
    /** One a family, in the order of `ipFamilies`; `["None"]` for a headless Service. */
    clusterIPs: z.array(z.string()).default([]),
    externalTrafficPolicy: z.string().optional(),
    loadBalancerClass: z.string().optional(),
    ports: z
      .array(
        z.looseObject({
          name: z.string().optional(),
          port: z.number(),
          protocol: z.string().default('TCP'),
          targetPort: z.union([z.number(), z.string()]).optional(),
          nodePort: z.number().optional(),
        }),
      )
      .default([]),
  }),
  status: z
    .looseObject({
      loadBalancer: z
        .looseObject({
          /** In the order the implementation wrote them: nothing says which family comes first. */
          ingress: z
            .array(
              z.looseObject({
                ip: z.string().optional(),
                /** KEP-1860: `VIP` or `Proxy`. */
                ipMode: z.string().optional(),
                hostname: z.string().optional(),
              }),
            )
            .default([]),
        })
        .default({ ingress: [] }),
      conditions: z.array(conditionSchema).optional(),
    })
    .default({ loadBalancer: { ingress: [] } }),
});
export type Service = z.infer<typeof serviceSchema>;

/** An event of core/v1. New-style reporters leave the `lastTimestamp` null and set `eventTime`, old ones the reverse. */
export const eventSchema = objectSchema.extend({
  reason: z.string().default(''),
  type: z.string().default(''),
  message: z.string().default(''),
  involvedObject: z.looseObject({
    apiVersion: z.string().optional(),
    kind: z.string().optional(),
    name: z.string().optional(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
  }),
  source: z
    .looseObject({ component: z.string().optional(), host: z.string().optional() })
    .nullish()
    .transform((source) => source ?? {}),
  reportingComponent: z.string().default(''),
  count: z.number().nullish(),
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
});
export type Event = z.infer<typeof eventSchema>;

export const nodeSchema = objectSchema.extend({
  spec: z.looseObject({
    /** One a family, the primary one first. */
    podCIDRs: z.array(z.string()).default([]),
    unschedulable: z.boolean().optional(),
  }),
  status: z.looseObject({
    addresses: z.array(z.looseObject({ type: z.string(), address: z.string() })).default([]),
    conditions: z.array(conditionSchema).default([]),
  }),
});
export type Node = z.infer<typeof nodeSchema>;

const ipList = z.array(z.looseObject({ ip: z.string() })).default([]);

export const podSchema = objectSchema.extend({
  spec: z.looseObject({
    nodeName: z.string().optional(),
    containers: z.array(z.looseObject({ name: z.string(), image: z.string().optional() })).default([]),
  }),
  status: z.looseObject({
    phase: z.string().optional(),
    podIPs: ipList,
    hostIPs: ipList,
    conditions: z.array(conditionSchema).default([]),
    containerStatuses: z
      .array(
        z.looseObject({
          name: z.string(),
          ready: z.boolean(),
          restartCount: z.number(),
          image: z.string().optional(),
          imageID: z.string().optional(),
          state: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .default([]),
  }),
});
export type Pod = z.infer<typeof podSchema>;

/**
 * Reads an answer of the API, or a part of one, by a schema.
 * @throws HarnessError `DUALVIP_API_SHAPE` that names the path and what was expected there.
 */
export function readAs<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new HarnessError(
    'DUALVIP_API_SHAPE',
    `${nameOf(value)} is not as expected:\n${z.prettifyError(result.error)}`,
    {
      cause: result.error,
      hint: 'Is the cluster of a Kubernetes version that this harness knows?',
    },
  );
}

/** `Service demo/web`, for messages. */
export function describeRef(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
}

/** The reference that leads to an object. */
export function refOf(object: KubernetesObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  return {
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  };
}

function nameOf(value: unknown): string {
  const object = objectSchema.safeParse(value);
  return object.success ? describeRef(refOf(object.data)) : "the API's answer";
}
