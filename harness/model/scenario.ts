import path from 'node:path';

import { PROJECT_ROOT } from '../../base/folders.ts';
import type { Feature } from '../scenario/features.ts';
import { expectSchema, type Expectation, type Scenario, type Step } from '../scenario/schema.ts';
import { caseId, LISTED, type Case, type Policy } from './case.ts';
import { claimOf } from './claim.ts';
import { changeOf, expectedOf, type Assignment, type Expected, type Phase } from './outcome.ts';
import { POOL_SHAPES, rangesOf } from './pool-shape.ts';
import { REFUSALS, type Asked, type Refusal } from './service-api.ts';
import { titleOf } from './wording.ts';

/** The steps that are judged; known deviations and the truth table refer to them. */
export const STEP_IDS = { create: 'service', created: 'created', change: 'change', after: 'after' } as const;

export const SERVICE = 'web-frontend';
const OTHER_SERVICE = 'occupant';

/** What an implementation must claim, by the policy that a manifest or a patch asks for. */
const FEATURE: Readonly<Record<Policy, Feature>> = {
  unset: 'single-stack',
  SingleStack: 'single-stack',
  PreferDualStack: 'prefer-dual-stack',
  RequireDualStack: 'require-dual-stack',
};

/** A case as a scenario, as if it had been read from a scenario.yaml; only addresses are looked at. */
export function toScenario(one: Case): Scenario {
  const expected = expectedOf(one);
  const { pools, full, add } = POOL_SHAPES[one.shape];
  const changed = one.operation === 'add-pool' && 'put' in add;
  return {
    id: caseId(one),
    title: titleOf(one, expected),
    claim: claimOf(one, expected),
    about: 'Generated from the model: docs/model.md.',
    features: featuresOf(one, expected),
    topologies: [one.topology],
    core: false,
    // A restart is felt by everyone. So is a pool that goes: MetalLB up to 0.13 takes in no change of any pool while
    // an address of a live Service would be in none.
    shared: one.operation !== 'restart' && one.operation !== 'remove-pool',
    ranges: rangesOf(POOL_SHAPES[one.shape], changed),
    pools,
    // Allocation and announcement are two things (C8), and nothing is probed.
    advertise: [],
    folder: path.join(PROJECT_ROOT, 'harness', 'model'),
    manifests: manifestsOf(one),
    steps: [
      ...(full ? occupantSteps(full) : []),
      ...('refused' in expected
        ? [applyStep(expected.refused)]
        : [applyStep(), createdStep(expected.created)]),
      ...('created' in expected && expected.after ? changeSteps(one, expected.created, expected.after) : []),
    ],
  };
}

function featuresOf({ policy, shape, operation }: Case, expected: Expected): Feature[] {
  if ('refused' in expected) return [];
  const spec = expected.after?.spec ?? expected.created.spec;
  const separate = shape === 'separate' || (operation === 'add-pool' && shape.endsWith('-only'));
  const policies = new Set([FEATURE[policy], FEATURE[spec.policy]]);
  return [...policies, ...(separate ? (['separate-pools'] as const) : [])];
}

function manifestsOf({ policy, families, shape }: Case): Record<string, string> {
  const { full } = POOL_SHAPES[shape];
  const asked = { policy: policy === 'unset' ? undefined : policy, families: LISTED[families] };
  return {
    ...(full
      ? { 'occupant.yaml': manifest(OTHER_SERVICE, { policy: 'SingleStack', families: [full] }) }
      : {}),
    'service.yaml': manifest(SERVICE, asked),
  };
}

function manifest(name: string, { policy, families }: Asked): string {
  return [
    'apiVersion: v1',
    'kind: Service',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  type: LoadBalancer',
    ...(policy ? [`  ipFamilyPolicy: ${policy}`] : []),
    ...(families ? [`  ipFamilies: [${families.join(', ')}]`] : []),
    '  selector:',
    '    app: web',
    '  ports:',
    '    - port: 80',
    '      targetPort: 8080',
    '',
  ].join('\n');
}

function occupantSteps(full: 'IPv4' | 'IPv6'): Step[] {
  const addresses = [{ family: full, pool: 'dual-pool' }];
  return [
    { kind: 'apply', id: 'occupant', apply: ['occupant.yaml'] },
    { kind: 'expect', id: 'occupied', expect: expectSchema.parse({ service: OTHER_SERVICE, addresses }) },
  ];
}

function applyStep(refusal?: Refusal): Step {
  return { kind: 'apply', id: STEP_IDS.create, apply: ['service.yaml'], ...refusedAs(refusal) };
}

function refusedAs(refusal: Refusal | undefined): { rejected?: string } {
  return refusal === undefined ? {} : { rejected: REFUSALS[refusal] };
}

function createdStep(created: Phase): Step {
  return { kind: 'expect', id: STEP_IDS.created, expect: expectationOf(created) };
}

function changeSteps({ operation, shape }: Case, created: Phase, after: Phase): Step[] {
  const expect = { ...expectationOf(after), ...continuity(created.addresses, after) };
  return [changeStep(operation, shape, created, after), { kind: 'expect', id: STEP_IDS.after, expect }];
}

function changeStep(operation: Case['operation'], shape: Case['shape'], created: Phase, after: Phase): Step {
  const id = STEP_IDS.change;
  const { add, remove } = POOL_SHAPES[shape];
  if (operation === 'restart') return { kind: 'restart', id, restart: 'controller' };
  if (operation === 'add-pool' && 'put' in add) {
    return { kind: 'pools', id, pools: { put: add.put ?? [], remove: [] } };
  }
  if (operation === 'remove-pool' && 'remove' in remove) {
    return { kind: 'pools', id, pools: { put: [], remove: remove.remove ?? [] } };
  }
  const { policy, families } = changeOf(operation, created.spec) ?? {};
  const spec = {
    ...(policy ? { ipFamilyPolicy: policy } : {}),
    ...(families ? { ipFamilies: [...families] } : {}),
  };
  const patch = { kind: 'Service', name: SERVICE, patch: { spec } };
  return { kind: 'patch', id, patch, ...refusedAs(after.refused) };
}

/** What is expected of the Service when a phase has settled. */
export function expectationOf({ spec, addresses }: Pick<Phase, 'spec' | 'addresses'>): Expectation {
  const [primary] = spec.families;
  return expectSchema.parse({
    service: SERVICE,
    primary,
    ...(addresses.length === 0
      ? { pending: true }
      : { addresses: addresses.map(addressOf), order: addresses.length === 2 ? 'listed' : 'any' }),
  });
}

/** From which pool it is, where only one has the family. */
function addressOf({ family, pools }: Assignment[number]) {
  const [pool, ...others] = pools;
  return others.length === 0 && pool !== undefined ? { family, pool } : { family };
}

/** What has become of the addresses of the phase before. `keeps` and `loses` are about all of them. */
export function continuity(
  before: Assignment,
  { addresses, keeps }: Pick<Phase, 'addresses' | 'keeps'>,
): Pick<Expectation, 'keeps' | 'loses'> {
  if (before.length === 0) return {};
  if (addresses.length === 0) return { loses: STEP_IDS.created };
  return before.every(({ family }) => keeps.includes(family)) ? { keeps: STEP_IDS.created } : {};
}
