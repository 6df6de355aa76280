import { nameOf, type ServiceFacts } from './facts.ts';
import { labelText } from './listing.ts';

/** Why two Services cannot have one address. */
export interface SharingObstacle {
  text: string;
  fix: string;
}

/**
 * Undefined where two Services may share an address: the same sharing key on both, no port in common and, with
 * externalTrafficPolicy Local, the same backends (https://metallb.io/usage/#ip-address-sharing).
 */
export function sharingObstacle(
  one: ServiceFacts,
  other: ServiceFacts,
  annotation: string | undefined,
): SharingObstacle | undefined {
  const otherName = nameOf(other);
  const [key, otherKey] = [one.request.share, other.request.share];
  if (key === undefined || key !== otherKey) {
    return {
      text: keyObstacle(key, otherKey, otherName),
      fix: `Set the annotation ${annotation ?? 'for sharing'}: ${otherKey ?? key ?? 'shared'} on both Services.`,
    };
  }
  const common = one.ports.find(({ port, protocol }) =>
    other.ports.some((theirs) => theirs.port === port && theirs.protocol === protocol),
  );
  if (common) {
    return {
      text: `both use port ${common.protocol}/${common.port}`,
      fix: `Give one of them another port than ${common.protocol}/${common.port}.`,
    };
  }
  const [backends, otherBackends] = [backendsOf(one), backendsOf(other)];
  if (backends === otherBackends) return undefined;
  return {
    text: `their backends differ, ${backends} here and ${otherBackends} at ${otherName}`,
    fix: 'Set externalTrafficPolicy to Cluster on both Services, or to Local on both with the same selector.',
  };
}

function keyObstacle(key: string | undefined, otherKey: string | undefined, otherName: string): string {
  if (otherKey === undefined) return `${otherName} has no sharing key`;
  if (key === undefined) return 'this Service has no sharing key';
  return `the sharing keys differ, "${key}" here and "${otherKey}" at ${otherName}`;
}

/** With the policy Cluster any node forwards to any backend, so it does not matter which those are. */
function backendsOf({ externalTrafficPolicy, selector }: ServiceFacts): string {
  if (externalTrafficPolicy !== 'Local') return 'policy Cluster';
  const sorted = Object.entries(selector).toSorted(([a], [b]) => a.localeCompare(b));
  return `policy Local with ${labelText(Object.fromEntries(sorted))}`;
}
