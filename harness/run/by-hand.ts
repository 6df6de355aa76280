import { stringify } from 'yaml';

import type { Scenario, Step, Target } from '../scenario/schema.ts';

/** A step, told for somebody who has kubectl only. */
export interface ByHand {
  id: string;
  does: string;
  commands: string[];
}

export interface ByHandOptions {
  scenario: Pick<Scenario, 'steps'> & { pools: readonly unknown[] };
  namespace: string;
  /** The name of the file in which what was applied under this name is. */
  fileOf: (applied: string) => string | undefined;
  /** The addresses that a Service had. */
  addressesOf: (service: string) => readonly string[];
  connect: (address: string, port: number) => string;
}

/** What the harness did of itself before the first step, and each step, in commands. */
export function byHand(options: ByHandOptions): ByHand[] {
  const { scenario, fileOf } = options;
  const pools = fileOf('pools.yaml');
  return [
    ...(scenario.pools.length > 0 && pools !== undefined
      ? [{ id: 'pools', does: 'pools and advertisements are made', commands: [`kubectl apply -f ${pools}`] }]
      : []),
    ...scenario.steps.map((step) => ({ id: step.id, ...toldOf(step, options) })),
  ];
}

function toldOf(step: Step, options: ByHandOptions): Omit<ByHand, 'id'> {
  const { namespace, fileOf, addressesOf, connect } = options;
  const kubectl = `kubectl -n ${namespace}`;
  const refused = step.rejected === undefined ? '' : `; the API must refuse it (${step.rejected})`;
  switch (step.kind) {
    case 'apply':
      return {
        does: `${step.apply.join(', ')} applied${step.copies === undefined ? '' : `, ${step.copies} times`}${refused}`,
        commands: step.apply.flatMap((file) => applying(fileOf(file))),
      };
    case 'pools':
    case 'advertise':
      return {
        does: `${step.kind === 'pools' ? 'pools' : 'advertisements'} are changed${refused}`,
        commands: [
          ...applying(fileOf(`${step.id}.yaml`)),
          ...(step.kind === 'pools' ? step.pools : step.advertise).remove.map(
            (name) => `# and ${name} is deleted`,
          ),
        ],
      };
    case 'expect': {
      const { service } = step.expect;
      return {
        does: `the Service ${service} is looked at; expected:\n\n${indented(stringify(step.expect))}`,
        commands: [
          `${kubectl} get service ${service} -o yaml`,
          `${kubectl} get events --field-selector involvedObject.name=${service}`,
        ],
      };
    }
    case 'probe': {
      const { service, port } = step.probe;
      const addresses = addressesOf(service);
      return {
        does: `its addresses are connected to from outside of the cluster; expected: ${JSON.stringify(step.probe.expect)}`,
        commands:
          addresses.length === 0 ? ['# it had no address then'] : addresses.map((one) => connect(one, port)),
      };
    }
    case 'patch':
      return {
        does: `${named(step.patch)} is patched${refused}`,
        commands: [
          `${kubectl} patch ${kindOf(step.patch)} ${step.patch.name} --type merge -p ${quoted(JSON.stringify(step.patch.patch))}`,
        ],
      };
    case 'delete':
      return {
        does: `${named(step.delete)} is deleted`,
        commands: [`${kubectl} delete ${kindOf(step.delete)} ${step.delete.name}`],
      };
    case 'scale':
      return {
        does: `${step.scale.deployment} is scaled`,
        commands: [`${kubectl} scale deployment ${step.scale.deployment} --replicas=${step.scale.replicas}`],
      };
    default:
      return {
        does: `${step.kind}; no command of kubectl does the same, the scenario says:\n\n${indented(stringify(step))}`,
        commands: [],
      };
  }
}

function applying(file: string | undefined): string[] {
  return file === undefined ? ['# it did not come to that'] : [`kubectl apply -f ${file}`];
}

function named({ kind, name }: Target): string {
  return `${kind} ${name}`;
}

function kindOf({ kind }: Target): string {
  return kind.toLowerCase();
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `       ${line}`)
    .join('\n');
}
