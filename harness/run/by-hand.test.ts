import { describe, expect, it } from 'vitest';

import type { Step } from '../scenario/schema.ts';
import { byHand } from './by-hand.ts';

const options = {
  namespace: 'dualvip-x',
  fileOf: (applied: string) => (applied === 'late.yaml' ? undefined : `manifests/01-${applied}`),
  addressesOf: (service: string) => (service === 'web' ? ['172.18.255.1', 'fd00::1'] : []),
  connect: (address: string, port: number) => `connect ${address} ${port}`,
};

function commands(...steps: Step[]): string[] {
  return byHand({ ...options, scenario: { steps, pools: [] } }).flatMap((one) => one.commands);
}

describe('byHand', () => {
  it('begins with the pools that the harness makes', () => {
    const pools = [{ name: 'a', ranges: ['v4'] }];
    expect(byHand({ ...options, scenario: { steps: [], pools } })).toEqual([
      {
        id: 'pools',
        does: 'pools and advertisements are made',
        commands: ['kubectl apply -f manifests/01-pools.yaml'],
      },
    ]);
  });

  it('has a command for what kubectl does as well', () => {
    expect(
      commands(
        { id: 'a', kind: 'apply', apply: ['service.yaml', 'late.yaml'] },
        { id: 'b', kind: 'patch', patch: { kind: 'Service', name: 'web', patch: { spec: { x: "it's" } } } },
        { id: 'c', kind: 'delete', delete: { kind: 'Service', name: 'web' } },
        { id: 'd', kind: 'scale', scale: { deployment: 'web', replicas: 0 } },
      ),
    ).toEqual([
      'kubectl apply -f manifests/01-service.yaml',
      '# it did not come to that',
      String.raw`kubectl -n dualvip-x patch service web --type merge -p '{"spec":{"x":"it'\''s"}}'`,
      'kubectl -n dualvip-x delete service web',
      'kubectl -n dualvip-x scale deployment web --replicas=0',
    ]);
  });

  it('tells what has no such command in words, with the step', () => {
    const [one] = byHand({
      ...options,
      scenario: { pools: [], steps: [{ id: 'again', kind: 'restart', restart: 'controller' }] },
    });
    expect(one).toEqual({
      id: 'again',
      does: 'restart; no command of kubectl does the same, the scenario says:\n\n       id: again\n       kind: restart\n       restart: controller',
      commands: [],
    });
  });
});
