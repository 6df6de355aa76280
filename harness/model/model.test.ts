import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { TOPOLOGIES, TOPOLOGY_FAMILIES, type Topology } from '../../clusters/topology.ts';
import { caseId, combinations, LISTED, LISTS, OPERATIONS, POLICIES, SHAPES, type Case } from './case.ts';
import { changedByTable, CHANGES, expectedByTable, storedByTable } from './decision-tables.ts';
import { changeOf, expectedOf, type Expected, type Phase } from './outcome.ts';
import { create, update, type ServiceSpec } from './service-api.ts';

const cases: fc.Arbitrary<Case> = fc.record({
  topology: fc.constantFrom<Topology>(...TOPOLOGIES),
  policy: fc.constantFrom(...POLICIES),
  families: fc.constantFrom(...LISTS),
  shape: fc.constantFrom(...SHAPES),
  operation: fc.constantFrom(...OPERATIONS),
});

/** `46` for both families with IPv4 first, `-` for Pending. */
function digits(families: readonly { family: string }[]): string {
  return families.map(({ family }) => family.slice(-1)).join('') || '-';
}

/** `P46` for PreferDualStack and [IPv4, IPv6]. */
function toldSpec({ policy, families }: ServiceSpec): string {
  return `${policy[0] ?? ''}${digits(families.map((family) => ({ family })))}`;
}

function told({ refused, addresses, spec }: Phase): string {
  return `${refused ?? ''} ${toldSpec(spec)} ${digits(addresses)}`.trim();
}

function outcome(expected: Expected): string[] {
  if ('refused' in expected) return [expected.refused];
  return [expected.created, ...(expected.after ? [expected.after] : [])].map(told);
}

describe('the model and the decision tables', () => {
  it('say the same of every combination', () => {
    const all = TOPOLOGIES.flatMap(combinations);
    expect(all.length).toBe(9600);
    const differing = all.filter((one) => outcome(expectedOf(one)).join() !== expectedByTable(one).join());
    expect(differing.map(caseId)).toEqual([]);
  });

  it('say the same of a Service that is changed again and again', () => {
    const changes = fc.array(fc.constantFrom(...CHANGES), { maxLength: 8 });
    fc.assert(
      fc.property(cases, changes, ({ topology, policy, families }, operations) => {
        const cluster = TOPOLOGY_FAMILIES[topology];
        let stored = storedByTable(policy, families, topology);
        const asked = { policy: policy === 'unset' ? undefined : policy, families: LISTED[families] };
        const answer = create(asked, cluster);
        let spec = 'stored' in answer ? answer.stored : undefined;
        expect(spec ? toldSpec(spec) : '!').toBe(stored.startsWith('!') ? '!' : stored);
        for (const operation of operations) {
          if (!spec) return;
          const updated = update(spec, changeOf(operation, spec) ?? {}, cluster);
          spec = 'stored' in updated ? updated.stored : spec;
          const changed = changedByTable(stored, operation, topology);
          stored = changed.startsWith('!') ? stored : changed;
          expect(toldSpec(spec)).toBe(stored);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The counterexample to a property of the Services that the API takes: as created, and after the operation. */
function counterexample(property: (created: Phase, after: Phase, one: Case) => boolean): string | undefined {
  return fc.defaultReportMessage(
    fc.check(
      fc.property(cases, (one) => {
        const expected = expectedOf(one);
        return 'refused' in expected || property(expected.created, expected.after ?? expected.created, one);
      }),
      { numRuns: 1000 },
    ),
  );
}

const familiesOf = (phase: Phase) => phase.addresses.map(({ family }) => family);

const isSound = (phase: Phase) =>
  familiesOf(phase).join() ===
  phase.spec.families.filter((family) => familiesOf(phase).includes(family)).join();

describe('whatever the case', () => {
  it('a Service has at most one address of a family, and only of its own families, in their order', () => {
    expect(counterexample((created, after) => isSound(created) && isSound(after))).toBeUndefined();
  });

  it('the primary family never changes', () => {
    expect(
      counterexample((created, after) => after.spec.families[0] === created.spec.families[0]),
    ).toBeUndefined();
  });

  it('RequireDualStack has two addresses or none (C4, C5)', () => {
    expect(
      counterexample(
        (_, { spec, addresses }) => spec.policy !== 'RequireDualStack' || addresses.length !== 1,
      ),
    ).toBeUndefined();
  });

  it('what is kept was there before and is there now', () => {
    expect(
      counterexample((created, after) =>
        after.keeps.every(
          (family) => familiesOf(created).includes(family) && familiesOf(after).includes(family),
        ),
      ),
    ).toBeUndefined();
  });

  it('a restart and a refused change move nothing', () => {
    expect(
      counterexample((created, after, { operation }) => {
        if (operation !== 'restart' && !after.refused) return true;
        return (
          toldSpec(after.spec) === toldSpec(created.spec) && after.keeps.join() === familiesOf(created).join()
        );
      }),
    ).toBeUndefined();
  });

  it('to go over to PreferDualStack loses no address (C12)', () => {
    expect(
      counterexample(
        (created, after, { operation }) =>
          operation !== 'to-prefer' || familiesOf(created).every((family) => after.keeps.includes(family)),
      ),
    ).toBeUndefined();
  });
});
