import { z } from 'zod';

import { objectSchema, readAs, type KubernetesObject } from '../kubernetes/objects.ts';

const containersSchema = z.array(z.looseObject({ image: z.string() }));
const workloadSchema = objectSchema.extend({
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({ containers: containersSchema, initContainers: containersSchema.optional() }),
    }),
  }),
});

const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet']);

/** The images that Deployments and DaemonSets run. */
export function containerImages(objects: readonly KubernetesObject[]): string[] {
  const images = new Set<string>();
  withImages(objects, (image) => {
    images.add(image);
    return image;
  });
  return [...images];
}

/** The same objects with other images. */
export function withImages(
  objects: readonly KubernetesObject[],
  exchange: (image: string) => string,
): KubernetesObject[] {
  return objects.map((object) => {
    if (!WORKLOADS.has(object.kind)) return object;
    const workload = readAs(workloadSchema, object);
    const { template } = workload.spec;
    const { containers, initContainers } = template.spec;
    const exchanged = (all: typeof containers) => all.map((one) => ({ ...one, image: exchange(one.image) }));
    const pod = {
      ...template.spec,
      containers: exchanged(containers),
      ...(initContainers ? { initContainers: exchanged(initContainers) } : {}),
    };
    return { ...workload, spec: { ...workload.spec, template: { ...template, spec: pod } } };
  });
}
