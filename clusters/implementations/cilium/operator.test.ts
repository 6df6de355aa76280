import { describe, expect, it } from 'vitest';

import { operatorManifests, poolsInMetrics } from './operator.ts';

describe('operatorManifests', () => {
  it('run the image, in the namespace that they make', async () => {
    const objects = await operatorManifests('quay.io/cilium/operator-generic:v1.2.3');
    const [namespace] = objects;
    expect(namespace).toMatchObject({ kind: 'Namespace', metadata: { name: 'cilium-system' } });
    expect(objects.at(-1)).toMatchObject({
      kind: 'Deployment',
      // The diagnosis looks for it by the label of its pods.
      metadata: { namespace: 'cilium-system', labels: { 'io.cilium/app': 'operator' } },
      spec: { template: { spec: { containers: [{ image: 'quay.io/cilium/operator-generic:v1.2.3' }] } } },
    });
    expect(JSON.stringify(objects)).not.toContain('${');
  });

  it('give it no right to everything', async () => {
    const rules = (await operatorManifests('a/b:c')).map((object) => JSON.stringify(object['rules'] ?? []));
    expect(rules.join('')).not.toContain('"*"');
  });
});

describe('poolsInMetrics', () => {
  it('finds each pool by its free addresses', () => {
    const metrics = [
      '# HELP cilium_operator_lbipam_ips_available_total The number of IP addresses available in a given pool',
      '# TYPE cilium_operator_lbipam_ips_available_total gauge',
      'cilium_operator_lbipam_ips_available_total{pool="ipv4-pool"} 7',
      'cilium_operator_lbipam_ips_available_total{cluster="x",pool="ipv6-pool"} 8',
      'cilium_operator_lbipam_ips_used_total{pool="other"} 1',
      'cilium_operator_lbipam_services_matching_total 1',
    ].join('\n');
    expect(poolsInMetrics(metrics)).toEqual(new Set(['ipv4-pool', 'ipv6-pool']));
    expect(poolsInMetrics('')).toEqual(new Set());
  });
});
