import { describe, expect, it } from 'vitest';

import { checkManifest, renderManifest } from './manifest.ts';

const variables = { 'v4.first': '10.0.50.4', 'run.id': 'r1' };
const file = `${process.cwd()}/scenarios/x/manifests/service.yaml`;

const problems = (text: string) =>
  checkManifest({ file, text, variables, ranges: {} }).problems.map(
    ({ line, column, message }) => `${line}:${column}: ${message}`,
  );

describe('renderManifest', () => {
  it('gives the objects of every document, with all their fields', () => {
    const text = `# first
apiVersion: v1
kind: Service
metadata: {name: a, annotations: {run: \${run.id}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
data: {addresses: "[\${v4.first}]"}
---
`;
    expect(renderManifest({ file, text, variables })).toEqual([
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', annotations: { run: 'r1' } } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' }, data: { addresses: '[10.0.50.4]' } },
    ]);
  });

  it('refuses what a value turned into something else', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${run.id}}\n';
    expect(() => renderManifest({ file, text, variables: { 'run.id': '7' } })).toThrow(
      'scenarios/x/manifests/service.yaml:1:1: not a Kubernetes object: it takes apiVersion, kind and metadata.name',
    );
  });
});

describe('checkManifest', () => {
  it.each([
    ['a: 1\n---\nb: ${v4.frist}\n', '3:4: no variable "v4.frist" (did you mean "v4.first"?)'],
    ['kind: Service\n', '1:1: not a Kubernetes object: it takes apiVersion, kind and metadata.name'],
    ['# nothing\n', '1:1: no Kubernetes object in this file'],
    ['', '1:1: no Kubernetes object in this file'],
    [
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: default\n',
      '1:1: metadata.namespace: leave it out, the harness puts the object into the namespace of the run',
    ],
  ])('finds what is wrong with %j', (text, message) => {
    expect(problems(text)).toEqual([message]);
  });

  it('tells where the YAML breaks', () => {
    expect(problems('a: 1\nb: [1, 2\n')).toEqual([expect.stringMatching(/^3:1: not valid YAML: /)]);
  });
});
