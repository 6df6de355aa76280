import { describe, expect, it } from 'vitest';

import { UsageError } from '../../base/errors.ts';
import { parseManifests } from './manifests.ts';

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: demo\n';

function failure(text: string): { message: string; hint: string | undefined } {
  try {
    parseManifests(text, 'pool.yaml');
  } catch (error) {
    if (error instanceof UsageError) return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseManifests', () => {
  it('reads several documents, without the empty ones', () => {
    const text = `# a licence\n---\n---\n${NAMESPACE}---\n# nothing\n---\n${NAMESPACE.replace('demo', 'other')}...\n`;
    expect(parseManifests(text, 'a.yaml').map(({ metadata }) => metadata.name)).toEqual(['demo', 'other']);
    expect(parseManifests('', 'a.yaml')).toEqual([]);
  });

  it('keeps fields that it does not know', () => {
    const object = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', new: [1] }, more: { deep: null } };
    expect(parseManifests(JSON.stringify(object), 'a.json')).toEqual([object]);
  });

  it('replaces a List by its items', () => {
    const item = '- {apiVersion: v1, kind: Namespace, metadata: {name: NAME}}\n';
    const text = `apiVersion: v1\nkind: List\nitems:\n${item.replace('NAME', 'a')}${item.replace('NAME', 'b')}`;
    expect(parseManifests(text, 'a.yaml').map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
  });

  it('reads scalars as kubectl does', () => {
    const [object] = parseManifests(
      `${NAMESPACE}mode: 0644\nyes: on\nday: 2026-11-23\naddress: 1:2:3:4:5:6:7:8\nsecond: fd00::1\n`,
      'a.yaml',
    );
    expect(object).toMatchObject({
      mode: 0o644,
      true: true,
      day: '2026-11-23',
      address: '1:2:3:4:5:6:7:8',
      second: 'fd00::1',
    });
  });

  it('takes empty labels as the API does', () => {
    const [object] = parseManifests(`${NAMESPACE}  labels:\n`, 'a.yaml');
    expect(object?.metadata).toEqual({ name: 'demo', labels: null });
  });

  it('follows anchors and merge keys', () => {
    const [object] = parseManifests(`${NAMESPACE}base: &base {a: 1}\nderived: {<<: *base, b: 2}\n`, 'a.yaml');
    expect(object?.['derived']).toEqual({ a: 1, b: 2 });
  });

  it('tells where the YAML is wrong', () => {
    expect(failure(`${NAMESPACE}---\na: [1\n`)).toEqual({
      message:
        'pool.yaml:7:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
      hint: 'Mend the YAML at that place.',
    });
    expect(failure(`${NAMESPACE}kind: Pod\n`).message).toBe('pool.yaml:5:1: Map keys must be unique');
    expect(failure(`${NAMESPACE}a: *b\n`).message).toMatch(/^pool\.yaml:1:1: Unresolved alias/);
  });

  it.each([
    ['---\nkind: Namespace\nmetadata: {name: a}\n', '2:1: apiVersion is missing', 'apiVersion'],
    ['apiVersion: v1\nkind:\nmetadata: {name: a}\n', '2:6: kind is missing', 'kind'],
    ['apiVersion: v1\nkind: Namespace\n', '1:1: metadata is missing', 'metadata'],
    [
      'apiVersion: v1\nkind: Pod\nmetadata:\n  namespace: a\n',
      '4:3: metadata.name is missing',
      'metadata.name',
    ],
    [
      'kind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {generateName: a-}}\n',
      '3:41: metadata.name is missing',
      'metadata.name',
    ],
  ])('tells what is missing and where: %j', (text, problem, field) => {
    expect(failure(text)).toEqual({
      message: `pool.yaml:${problem}`,
      hint: `Add ${field}: every object needs apiVersion, kind and metadata.name.`,
    });
  });

  it('tells of text that is not read as text', () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    on: "1"\n    app: yes\n';
    expect(failure(text)).toEqual({
      message: 'pool.yaml:7:10: metadata.labels.app: Invalid input: expected string, received boolean',
      hint: 'Write it as expected there; text that looks like a number or like yes and no needs quotes.',
    });
  });

  it('refuses what is no object', () => {
    expect(failure('- a\n- b\n').message).toBe(
      'pool.yaml:1:1: an object is a mapping with apiVersion, kind and metadata',
    );
    expect(failure('kind: List\nitems: [3]\n').message).toBe(
      'pool.yaml:2:9: an object is a mapping with apiVersion, kind and metadata',
    );
  });
});
