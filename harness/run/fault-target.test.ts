import { describe, expect, it } from 'vitest';

import type { ClusterNode } from '../../clusters/nodes.ts';
import { service, V4, V6 } from '../judge/fake-observations.ts';
import type { ProbeTarget } from '../probe/probe.ts';
import { resultOf } from '../probe/result.ts';
import { targetNode, type TargetOptions } from './fault-target.ts';

const MACS = ['02:42:ac:12:00:02', '02:42:ac:12:00:03', '02:42:ac:12:00:04'] as const;

const nodes: ClusterNode[] = ['dual-control-plane', 'dual-worker', 'dual-worker2'].map((name, index) => ({
  name,
  containerId: name,
  role: index === 0 ? 'control-plane' : 'worker',
  addresses: {},
  mac: MACS[index] ?? '',
}));

/** A client that learns these MAC addresses, by address. */
function targetOf(options: Pick<TargetOptions, 'target' | 'families'>, macs: Record<string, string>) {
  const asked: string[] = [];
  const session: TargetOptions['session'] = {
    cluster: { nodes },
    log: { all: () => [service({ addresses: [V4, V6], ports: ['TCP/8080'] })] },
    probe: {
      probe: (target: ProbeTarget) => {
        asked.push(`${target.address}/${target.port}`);
        const lladdr = macs[target.address];
        const neighbours = JSON.stringify([
          { dst: target.address, dev: 'eth0', lladdr, state: ['REACHABLE'] },
        ]);
        const attempt = { outcome: 'ok', startedAt: 0, endedAt: 1, answers: [], neighbours };
        return Promise.resolve(resultOf(target, attempt));
      },
    },
  };
  const signal = new AbortController().signal;
  const found = targetNode({ ...options, session, service: 'web', signal });
  return { asked, found };
}

describe('targetNode', () => {
  it('finds the announcer by what the client has learned of every address', async () => {
    const { asked, found } = targetOf({ target: 'announcer' }, { [V4]: MACS[2], [V6]: MACS[2] });
    expect((await found).name).toBe('dual-worker2');
    expect(asked).toEqual([`${V4}/8080`, `${V6}/8080`]);
  });

  it('finds a worker that does not announce', async () => {
    const { found } = targetOf({ target: 'other' }, { [V4]: MACS[1], [V6]: MACS[1] });
    expect((await found).name).toBe('dual-worker2');
  });

  it('finds the first of a role without asking anybody', async () => {
    const { asked, found } = targetOf({ target: 'worker' }, {});
    expect((await found).name).toBe('dual-worker');
    expect((await targetOf({ target: 'control-plane' }, {}).found).name).toBe('dual-control-plane');
    expect(asked).toEqual([]);
  });

  it('has no one announcer where the families differ, unless one is named', async () => {
    const macs = { [V4]: MACS[1], [V6]: MACS[2] };
    await expect(targetOf({ target: 'announcer' }, macs).found).rejects.toMatchObject({
      code: 'DUALVIP_FAULT_TARGET',
      message: `the Service "web" has no one announcer: ${V4} by dual-worker, ${V6} by dual-worker2`,
    });
    const { found } = targetOf({ target: 'announcer', families: ['IPv6'] }, macs);
    expect((await found).name).toBe('dual-worker2');
  });

  it('has none where the MAC address is no node’s', async () => {
    const { found } = targetOf({ target: 'announcer' }, { [V4]: 'aa:aa:aa:aa:aa:aa' });
    await expect(found).rejects.toThrow(
      `the Service "web" has no one announcer: ${V4} by no node, ${V6} by no node`,
    );
  });
});
