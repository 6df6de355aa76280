import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { addressesOf, missingFamilies, nameOf, type Facts } from './facts.ts';
import { listing } from './listing.ts';

/** The Service asks nothing of the implementation: whatever else is wrong does not matter. */
export function diagnoseAddressee({ service, implementation }: Facts): Diagnosis | undefined {
  const name = nameOf(service);
  if (service.type !== 'LoadBalancer') {
    return {
      cause: 'not-a-load-balancer',
      text: `Service ${name} is of type ${service.type}, so no LoadBalancer gives it an address.`,
      fix: 'Set spec.type to LoadBalancer.',
      evidence: [`spec.type is ${service.type}`],
    };
  }
  const { classes } = implementation;
  if (classes.includes(service.class)) return undefined;
  const served = classes.map((one) => (one === null ? 'Services without a class' : `class ${one}`));
  return {
    cause: 'class-not-handled',
    text: `${implementation.name} does not look at Service ${name}: it serves ${listing(served)}, and ${describeClass(service.class)}.`,
    fix: `Create the Service anew with ${classes.map((one) => (one === null ? 'no loadBalancerClass' : `loadBalancerClass ${one}`)).join(' or ')}: the field cannot be changed, except together with the type.`,
    evidence: [
      `spec.loadBalancerClass is ${service.class ?? 'not set'}`,
      `${implementation.name} serves ${listing(served)}`,
    ],
  };
}

function describeClass(name: string | null): string {
  return name === null ? 'the Service names none' : `the Service names ${name}`;
}

/** Families that the Service's spec does not have, or that the cluster does not. */
export function diagnoseFamilies(facts: Facts): Diagnosis[] {
  const { service } = facts;
  const name = nameOf(service);
  const absent = missingFamilies(facts).filter((family) => !service.ipFamilies.includes(family));
  const stray = FAMILIES.filter(
    (family) => addressesOf(service, family).length > 0 && !service.ipFamilies.includes(family),
  );
  return [...absent, ...stray].map((family): Diagnosis => {
    const evidence = [
      `spec.ipFamilyPolicy is ${service.ipFamilyPolicy}, spec.ipFamilies is [${service.ipFamilies.join(', ')}]`,
      ...networksOf(facts),
    ];
    if (!clusterHas(facts, family)) {
      return {
        cause: 'single-stack-cluster',
        family,
        text: stray.includes(family)
          ? `Service ${name} has ${listing(addressesOf(service, family))}, which nothing forwards, because the cluster has no ${family} service network.`
          : `Service ${name} gets no ${family} address, because the cluster has no ${family} network for Services and pods.`,
        fix: `Use a dual-stack cluster: one with a service CIDR and pod CIDRs of ${family} as well.`,
        evidence,
      };
    }
    return {
      cause: 'policy-single-stack',
      family,
      text: `Service ${name} asks for ${listing(service.ipFamilies)} only (ipFamilyPolicy ${service.ipFamilyPolicy}), so it gets no ${family} address.`,
      fix: `Set ipFamilyPolicy to PreferDualStack and ipFamilies to [${[...service.ipFamilies, family].join(', ')}].`,
      evidence,
    };
  });
}

function networksOf({ cluster: { serviceCIDRs, podCIDRs } }: Facts): string[] {
  return [
    ...(serviceCIDRs.length > 0 ? [`service CIDRs: ${serviceCIDRs.join(', ')}`] : []),
    ...(podCIDRs.length > 0 ? [`pod CIDRs: ${listing(podCIDRs)}`] : []),
  ];
}

/** What cannot be seen is no proof: a CNI may keep pod CIDRs elsewhere, and old clusters have no ServiceCIDR. */
function clusterHas({ cluster }: Facts, family: Family): boolean {
  return [cluster.serviceCIDRs, cluster.podCIDRs].every(
    (cidrs) => cidrs.length === 0 || cidrs.some((cidr) => familyOf(cidr.split('/')[0] ?? '') === family),
  );
}
