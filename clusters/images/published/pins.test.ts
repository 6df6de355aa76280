import { describe, expect, it } from 'vitest';

import {
  BACKEND,
  canonicalName,
  DIGESTS,
  KIND_NODE,
  PROBE_RUNTIME,
  publishedImage,
  pullReference,
  type PublishedImage,
} from './pins.ts';

const SPEAKER = 'quay.io/metallb/speaker:v0.16.1';

describe('publishedImage', () => {
  it('reads a reference, and pins it where a digest is known', () => {
    expect(publishedImage(SPEAKER)).toEqual({
      registry: 'quay.io',
      repository: 'metallb/speaker',
      tag: 'v0.16.1',
      digest: DIGESTS[SPEAKER],
    });
    expect(publishedImage('quay.io/metallb/speaker:v0.13.12')).not.toHaveProperty('digest');
  });

  it('does not take a port for a tag', () => {
    expect(publishedImage('127.0.0.1:5000/team/app:1')).toEqual({
      registry: '127.0.0.1:5000',
      repository: 'team/app',
      tag: '1',
    });
  });

  it.each(['speaker', 'quay.io/metallb/speaker', '127.0.0.1:5000/app', 'speaker:v1', ''])(
    'refuses "%s"',
    (reference) => {
      expect(() => publishedImage(reference)).toThrow(
        new Error(`${reference} is not registry/repository:tag`),
      );
    },
  );
});

describe('canonicalName', () => {
  it.each<[PublishedImage, string]>([
    [{ registry: 'docker.io', repository: 'kindest/node', tag: 'v1' }, 'kindest/node:v1'],
    [
      { registry: 'registry.k8s.io', repository: 'a/b', tag: '2', digest: 'sha256:0' },
      'registry.k8s.io/a/b:2',
    ],
  ])('of %j is %s', (image, name) => {
    expect(canonicalName(image)).toBe(name);
  });

  it('is the reference that it was read from', () => {
    for (const reference of Object.keys(DIGESTS)) {
      expect(canonicalName(publishedImage(reference))).toBe(reference);
    }
  });
});

describe('pullReference', () => {
  const byTag = { registry: 'docker.io', repository: 'library/node', tag: '26' };
  const pinned = { ...byTag, digest: 'sha256:abc' };

  it.each([
    [byTag, undefined, 'docker.io/library/node:26'],
    [pinned, undefined, 'docker.io/library/node@sha256:abc'],
    [byTag, '127.0.0.1:5000', '127.0.0.1:5000/library/node:26'],
    [pinned, 'mirror.example/dual/', 'mirror.example/dual/library/node@sha256:abc'],
  ])('of %j with prefix %s is %s', (image, prefix, reference) => {
    expect(pullReference(image, prefix)).toBe(reference);
  });
});

describe('the pins', () => {
  it('are whole digests', () => {
    const digests = [KIND_NODE.digest, BACKEND.digest, ...Object.values(DIGESTS)];
    for (const digest of digests) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('are of Docker Hub by its whole name, so that a mirror has the same path', () => {
    for (const image of [KIND_NODE, PROBE_RUNTIME]) {
      expect(pullReference(image, undefined)).toMatch(/^docker\.io\/(kindest|library)\/node[@:]/);
    }
  });
});
