import { z } from 'zod';

import type { Report } from './cross-check.ts';
import type { KubernetesObject } from './manifest.ts';
import { didYouMean, unknownName, type Path } from './problem.ts';
import { servicesOf, type Step } from './schema.ts';

/** The Deployment that the harness puts into the namespace of every run. */
export const SHARED_BACKEND = 'web';

const portsSchema = z.object({ spec: z.object({ ports: z.array(z.object({ port: z.number() })) }) });

/**
 * Walks the steps with what the earlier ones have applied, and checks that what a step names is there by then.
 * A wrong port, for one, would otherwise let `expect: unreachable` pass for the wrong reason.
 * `objects`: those of each file; undefined where the file has problems of its own, which ends the walk.
 */
export function checkNamedObjects(
  steps: readonly (Step | undefined)[],
  objects: ReadonlyMap<string, readonly KubernetesObject[] | undefined>,
  report: Report,
): void {
  const services = new Map<string, KubernetesObject>();
  const deployments = new Set([SHARED_BACKEND]);
  const patched = new Set<string>();
  const refused = new Set<string>();
  const checkService = (at: Path, name: string) => {
    if (services.has(name)) return;
    report(at, `no step before this one applies a Service "${name}"${didYouMean(name, services.keys())}`);
  };
  const checkPort = (at: Path, service: string, port: number) => {
    const ports = portsOf(services.get(service));
    if (!ports || ports.includes(port) || patched.has(service)) return;
    report(at, `the Service "${service}" has no port ${port} (known: ${ports.join(', ')})`);
  };
  const checkDeployment = (at: Path, name: string) => {
    if (!deployments.has(name)) report(at, unknownName('Deployment', name, deployments));
  };
  for (const [i, step] of steps.entries()) {
    switch (step?.kind) {
      case undefined:
        return;
      case 'apply':
        for (const file of step.apply) {
          const applied = objects.get(file);
          if (!applied) return;
          for (const object of applied) {
            const { name } = object.metadata;
            if (object.kind === 'Service' && step.rejected === undefined) {
              for (const copy of copiesOf(name, step.copies)) services.set(copy, object);
            }
            if (object.kind === 'Service' && step.rejected !== undefined) refused.add(name);
            if (object.kind === 'Deployment') deployments.add(name);
          }
        }
        break;
      case 'patch':
        if (step.patch.kind === 'Service') patched.add(step.patch.name);
        break;
      case 'expect':
        checkService(['steps', i, 'expect', 'service'], step.expect.service);
        for (const [j, name] of step.expect.distinctFrom.entries()) {
          checkService(['steps', i, 'expect', 'distinctFrom', j], name);
        }
        for (const [j, name] of step.expect.sharesWith.entries()) {
          checkService(['steps', i, 'expect', 'sharesWith', j], name);
        }
        break;
      case 'diagnose': {
        const { service } = step.diagnose;
        // Why the API refused a Service can be told, too.
        if (!refused.has(service)) checkService(['steps', i, 'diagnose', 'service'], service);
        break;
      }
      case 'traffic':
        checkService(['steps', i, 'traffic', 'service'], step.traffic.service);
        break;
      case 'streams': {
        const { service, port, udpPort } = step.streams;
        checkService(['steps', i, 'streams', 'service'], service);
        checkPort(['steps', i, 'streams', 'port'], service, port);
        if (udpPort !== undefined) checkPort(['steps', i, 'streams', 'udpPort'], service, udpPort);
        break;
      }
      case 'announced':
        for (const name of servicesOf(step.announced)) {
          checkService(['steps', i, 'announced', 'service'], name);
        }
        break;
      case 'probe': {
        const { service, port } = step.probe;
        checkService(['steps', i, 'probe', 'service'], service);
        checkPort(['steps', i, 'probe', 'port'], service, port);
        break;
      }
      case 'fault':
        if (step.fault.service !== undefined)
          checkService(['steps', i, 'fault', 'service'], step.fault.service);
        break;
      case 'place':
        if (step.place.service !== undefined)
          checkService(['steps', i, 'place', 'service'], step.place.service);
        checkDeployment(['steps', i, 'place', 'deployment'], step.place.deployment);
        break;
      case 'scale':
        checkDeployment(['steps', i, 'scale', 'deployment'], step.scale.deployment);
        break;
      default:
        break;
    }
  }
}

/** Objects are checked as the first copy; a name with `${index}` at its end has the number there. */
function copiesOf(name: string, copies = 1): string[] {
  return Array.from({ length: copies }, (_, index) => name.replace(/1$/, String(index + 1)));
}

function portsOf(service: KubernetesObject | undefined): number[] | undefined {
  const parsed = portsSchema.safeParse(service);
  return parsed.success ? parsed.data.spec.ports.map(({ port }) => port) : undefined;
}
