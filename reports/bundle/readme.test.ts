import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { connect, renderReadme, type ReadmeOptions } from './readme.ts';

const scenario = scenarioWith('fail');
const OPTIONS: ReadmeOptions = {
  run: runWith([scenario]),
  scenario,
  hasCluster: true,
  namespace: 'dualvip-x',
  steps: [
    { id: 'service', does: 'service.yaml applied', commands: ['kubectl apply -f manifests/02-service.yaml'] },
  ],
  nodeImage: 'kindest/node:v1.37.0',
  left: [],
};

const commandsOf = (text: string) => [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);

describe('renderReadme', () => {
  it('has every command from an empty machine to the failure, and back', () => {
    expect(commandsOf(renderReadme(OPTIONS))).toEqual([
      'docker network create --ipv6 --subnet 172.18.0.0/16 --subnet fc00:f853:ccd:e793::/64 dualvip-case\n' +
        'KIND_EXPERIMENTAL_DOCKER_NETWORK=dualvip-case kind create cluster --name dualvip-case --config cluster/kind.yaml --image kindest/node:v1.37.0\n' +
        'kubectl apply --server-side -f cluster/implementation.yaml\n' +
        'kubectl wait --for=condition=Ready pods --all --all-namespaces --timeout=300s\n' +
        'kubectl apply -f manifests/00-namespace-and-backend.yaml\n' +
        'kubectl -n dualvip-x rollout status deployment/web\n',
      'kubectl apply -f manifests/02-service.yaml\n',
      'kind delete cluster --name dualvip-case\ndocker network rm dualvip-case\n',
    ]);
  });

  it('says what was expected and what was observed', () => {
    expect(renderReadme(OPTIONS)).toContain(
      '- step `assigned`, IPv6\n  - expected: an IPv6 address of ipv6-pool\n  - observed: no IPv6 address\n',
    );
  });

  it('says what is not in it', () => {
    const text = renderReadme({ ...OPTIONS, hasCluster: false, left: ['a.pcap, which has 9 bytes'] });
    expect(text).toContain('Left out for its size:\n\n- a.pcap, which has 9 bytes\n');
    expect(text).toContain('# install metallb 0.15.2 as its documentation says');
  });
});

describe('connect', () => {
  it.each([
    ['172.18.255.1', 'http://172.18.255.1:80/hostname'],
    ['fd00::1', 'http://[fd00::1]:80/hostname'],
  ])('to %s', (address, url) => {
    expect(connect(address, 80)).toBe(
      `docker run --rm --network dualvip-case curlimages/curl -g -sS -m 5 ${url}`,
    );
  });
});
