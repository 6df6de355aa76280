import { expect, it } from 'vitest';

import { parseManifests } from '../kubernetes/manifests.ts';
import { containerImages, withImages } from './container-images.ts';

const objects = parseManifests(
  `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: speaker, namespace: metallb-system }
spec:
  template:
    metadata: { labels: { app: metallb } }
    spec:
      hostNetwork: true
      initContainers: [{ name: cp, image: 'a/frr:1', command: [cp] }]
      containers: [{ name: speaker, image: 'a/speaker:v1' }, { name: frr, image: 'a/frr:1' }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: words }
data: { image: 'a/frr:1' }
`,
  'all.yaml',
);

it('names the images of workloads, each once', () => {
  expect(containerImages(objects)).toEqual(['a/speaker:v1', 'a/frr:1']);
});

it('exchanges them, and nothing else', () => {
  const [daemonSet, configMap] = withImages(objects, (image) => `${image}-own`);
  expect(daemonSet).toMatchObject({
    kind: 'DaemonSet',
    metadata: { name: 'speaker', namespace: 'metallb-system' },
    spec: {
      template: {
        metadata: { labels: { app: 'metallb' } },
        spec: {
          hostNetwork: true,
          initContainers: [{ name: 'cp', image: 'a/frr:1-own', command: ['cp'] }],
          containers: [
            { name: 'speaker', image: 'a/speaker:v1-own' },
            { name: 'frr', image: 'a/frr:1-own' },
          ],
        },
      },
    },
  });
  expect(configMap).toBe(objects[1]);
});
