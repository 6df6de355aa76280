import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

import type { RunRecord, ScenarioRecord } from '../record/record.ts';
import { implementationName } from '../record/implementation-name.ts';

/** A file that was applied, in the order of applying. */
export interface AppliedFile {
  /** Such as service.yaml. */
  name: string;
  content: string;
}

/** As clusters/images/published/pins.ts has it; any HTTP server on port 8080 would do. */
const BACKEND = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

const objectSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: kubernetesName(), namespace: kubernetesName().optional() }),
});
type AppliedObject = z.infer<typeof objectSchema>;

/** What cannot be a name must not get into a command (RFC 1123 names, as Kubernetes takes them). */
function kubernetesName() {
  return z.string().regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/);
}

/** The command that runs the scenario again. */
export function withDualvip({ id }: ScenarioRecord, { cluster, implementation }: RunRecord): string {
  return `dualvip run --implementation ${implementationName(implementation)} --topology ${cluster.topology} -t ${id}`;
}

/** Commands that do the same by hand, with the applied files saved under their names. */
export function withKubectl(applied: readonly AppliedFile[]): string[] {
  const objects = applied.flatMap(({ content }) => objectsOf(content));
  const services = objects.filter(({ kind }) => kind === 'Service');
  const namespaces = [...new Set(services.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const ownBackend = objects.some(({ kind }) => kind === 'Deployment');
  return [
    ...namespaces.flatMap((namespace) => [
      `kubectl create namespace ${namespace}`,
      ...(ownBackend ? [] : [backend(namespace)]),
    ]),
    ...applied.map(({ name }) => `kubectl apply -f ${name}`),
    ...services.flatMap(({ metadata: { name, namespace = 'default' } }) => [
      `kubectl --namespace ${namespace} get service ${name} --output yaml`,
      `kubectl --namespace ${namespace} get events --field-selector involvedObject.name=${name}`,
    ]),
  ];
}

function backend(namespace: string): string {
  return `kubectl --namespace ${namespace} create deployment web --replicas=2 --image=${BACKEND} -- /agnhost netexec --http-port=8080`;
}

function objectsOf(content: string): AppliedObject[] {
  return parseAllDocuments(content).flatMap((document) => {
    const parsed = objectSchema.safeParse(document.errors.length === 0 ? document.toJS() : undefined);
    return parsed.success ? [parsed.data] : [];
  });
}
