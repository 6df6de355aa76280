import { describe, expect, it } from 'vitest';

import { findImplementation } from '../../implementations/registry.ts';
import { moduleSums, sumOf } from './module-sums.ts';

describe('moduleSums', () => {
  it('has version and hash of everything that a cluster is built of', async () => {
    const sums = await moduleSums(await findImplementation('metallb@0.16.1'));
    expect(Object.keys(sums)).toContain('go.universe.tf/metallb');
    expect(Object.keys(sums)).toContain('k8s.io/kubernetes');
    for (const sum of Object.values(sums)) expect(sum).toMatch(/^v\d\S* h1:[A-Za-z0-9+/]{43}=$/);
  });

  it('takes the hash of the module, and not that of its go.mod', () => {
    const text = 'a/b v1.0.0 h1:one=\na/b v1.0.0/go.mod h1:two=\na/b v1.0.1 h1:three=\n';
    expect(sumOf(text, 'a/b', 'v1.0.0')).toBe('h1:one=');
    expect(() => sumOf(text, 'a/b', 'v2.0.0')).toThrow('go.sum has no hash of a/b v2.0.0');
  });
});
