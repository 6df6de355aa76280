import { z } from 'zod';

import { FAULT_NAMES, type FaultName } from '../../clusters/faults/fault.ts';
import { distinctList, familySchema, nameSchema } from './expectation.ts';

/** How a scenario names a node: no scenario knows which one announces. */
export const NODE_TARGETS = ['announcer', 'other', 'control-plane', 'worker'] as const;
const nodeTargetSchema = z
  .enum(NODE_TARGETS)
  .describe(
    'announcer: the node that announces the Service, by the client’s neighbour table. other: a worker that does not. control-plane, worker: the first of the role.',
  );
export type NodeTarget = z.output<typeof nodeTargetSchema>;

/** Targets that only make sense for a Service. */
const OF_SERVICE: ReadonlySet<NodeTarget | undefined> = new Set<NodeTarget>(['announcer', 'other']);
const KILLED: ReadonlySet<FaultName> = new Set<FaultName>(['speaker-killed', 'controller-killed']);

export const faultSchema = z
  .strictObject({
    name: z.enum(FAULT_NAMES).describe('What is done; docs/faults.md has them all.'),
    node: nodeTargetSchema.optional(),
    service: nameSchema.optional().describe('The Service that `announcer` and `other` are about.'),
    families: distinctList(familySchema)
      .min(1)
      .optional()
      .describe(
        'Of neighbours-dropped: whose packets; default: both. Of another one: whose address the announcer is asked of.',
      ),
    signal: z.enum(['TERM', 'KILL']).optional().describe('Of a killed process; default: TERM.'),
  })
  .check((context) => {
    const { value } = context;
    const report = (message: string, ...path: string[]) =>
      context.issues.push({ code: 'custom', message, path, input: value });
    if (value.name === 'controller-killed') {
      if (value.node !== undefined) report('the controller is where it is: leave the node out', 'node');
    } else if (value.node === undefined) {
      report(`say at which \`node\`: ${NODE_TARGETS.join(', ')}`);
    }
    if (value.signal !== undefined && !KILLED.has(value.name)) report('only processes get signals', 'signal');
    checkService(value, report);
  })
  .describe(
    'Makes a fault, and waits until its effect was seen. It is healed when the scenario ends, at the latest.',
  );

export const placeSchema = z
  .strictObject({
    deployment: nameSchema.describe('The Deployment: `web`, the shared backend, or one of the manifests.'),
    awayFrom: nodeTargetSchema.optional(),
    on: nodeTargetSchema.optional(),
    service: nameSchema.optional().describe('The Service that `announcer` and `other` are about.'),
  })
  .check((context) => {
    const { value } = context;
    const report = (message: string, ...path: string[]) =>
      context.issues.push({ code: 'custom', message, path, input: value });
    if ((value.on === undefined) === (value.awayFrom === undefined)) report('say either `on` or `awayFrom`');
    checkService({ node: value.on ?? value.awayFrom, service: value.service }, report);
  })
  .describe(
    'Moves the pods of a Deployment to a node or away from one, and waits until the Service has no others; they go back when the scenario ends.',
  );

function checkService(
  { node, service }: { node?: NodeTarget | undefined; service?: string | undefined },
  report: (message: string, ...path: string[]) => void,
): void {
  if (OF_SERVICE.has(node) && service === undefined) report(`\`${node}\` of which \`service\`?`);
  if (node !== undefined && !OF_SERVICE.has(node) && service !== undefined) {
    report(`\`${node}\` is the same for every Service: leave it out`, 'service');
  }
}

export const healSchema = nameSchema.describe(
  'The id of an earlier fault step; waits until all that it disturbed works again.',
);

export type FaultStep = z.output<typeof faultSchema>;
export type PlaceStep = z.output<typeof placeSchema>;
