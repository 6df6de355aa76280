import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { diagnoseAllocation } from './allocation.ts';
import { diagnoseAnnouncement } from './announcement.ts';
import { diagnoseBackend } from './backend.ts';
import { missingFamilies, nameOf, toldOf, type Facts, type Rejection } from './facts.ts';
import { diagnoseHeld } from './held.ts';
import { listing } from './listing.ts';
import { diagnosePath } from './path.ts';
import { diagnoseRejection } from './rejection.ts';
import { diagnoseRequest, hasRequested } from './request.ts';
import { diagnoseAddressee, diagnoseFamilies } from './spec.ts';

/**
 * What is wrong with a Service, the most specific cause first; nothing for a Service that has what it asks for.
 * Pure: what was seen decides, and each diagnosis holds the facts that prove it.
 */
export function diagnose(facts: Facts | Rejection): Diagnosis[] {
  if ('rejection' in facts) return [diagnoseRejection(facts)];
  const misaddressed = diagnoseAddressee(facts);
  // Addresses that another implementation gave are not this one's matter.
  if (misaddressed) return missingFamilies(facts).length > 0 ? [misaddressed] : [];
  const assignment = diagnoseAssignment(facts);
  const announcement = [...diagnoseAnnouncement(facts), ...diagnoseBackend(facts)];
  // A probe tells something new only of a family that nothing else is wrong with.
  const path = diagnosePath(facts).filter(
    (one) =>
      announcement.every(({ family }) => family !== undefined && family !== one.family) &&
      assignment.every(({ family }) => family !== one.family),
  );
  return [...assignment, ...diagnoseHeld(facts), ...announcement, ...path];
}

/** Why addresses are missing, or others than those that were requested. */
function diagnoseAssignment(facts: Facts): Diagnosis[] {
  const { service, implementation } = facts;
  const requested = service.request.addresses.length > 0;
  const unmet = requested
    ? !hasRequested(facts)
    : missingFamilies(facts).some((family) => service.ipFamilies.includes(family));
  // Requested addresses come from nowhere else, so that the other pools do not matter.
  const request = diagnoseRequest(facts);
  const found = request ? [request] : requested ? [] : diagnoseAllocation(facts);
  const families = diagnoseFamilies(facts);
  // What explains it does so whether the controller is ready or not; one that has just been restarted is not.
  if (!unmet || found.length > 0) return [...found, ...families];
  if (!implementation.controller.ready) return [...families, controllerNotReady(facts)];
  return [...families, unexplained(facts)];
}

function controllerNotReady(facts: Facts): Diagnosis {
  const { service, implementation } = facts;
  const { detail, log } = implementation.controller;
  return {
    cause: 'controller-not-ready',
    text: `Service ${nameOf(service)} gets no address while the controller of ${implementation.name} is not ready.`,
    fix: `Get a replica of the controller ready; its log: ${log}`,
    evidence: [`controller: ${detail}`, toldOf(facts)],
  };
}

function unexplained(facts: Facts): Diagnosis {
  const { service, implementation, told } = facts;
  const missing = missingFamilies(facts);
  const [family] = missing;
  return {
    cause: 'unexplained',
    ...(family && missing.length === 1 ? { family } : {}),
    text: `Service ${nameOf(service)} lacks ${service.request.addresses.length > 0 ? 'the addresses that it asks for' : `an address of ${listing(missing)}`}, and nothing that is known here explains it.`,
    fix: told
      ? `Read what ${implementation.name} says, and the log of its controller: ${implementation.controller.log}`
      : `Wait a moment, since ${implementation.name} may not have come to it; then read the log of its controller: ${implementation.controller.log}`,
    evidence: [toldOf(facts)],
  };
}
