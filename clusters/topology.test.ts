import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { PROJECT_ROOT } from '../base/folders.ts';
import { familyOf } from '../base/addresses.ts';
import { kindConfig, renderKindConfig, TOPOLOGIES, TOPOLOGY_FAMILIES } from './topology.ts';

const GOOD_ENGINE = { capSysResource: true, cgroupVersion: 2 } as const;
const POOR_ENGINE = { capSysResource: false, cgroupVersion: 1 } as const;

/** The families of comma-separated subnets. */
const familiesOf = (subnets: string) =>
  subnets.split(',').map((subnet) => familyOf(subnet.replace(/\/\d+$/, '')));

describe('TOPOLOGIES', () => {
  it('are the files of kind-config/', async () => {
    const files = await readdir(path.join(PROJECT_ROOT, 'kind-config'));
    expect(files.sort()).toEqual(TOPOLOGIES.map((name) => `${name}.yaml`).sort());
  });
});

describe.each(TOPOLOGIES)('kindConfig of %s', (topology) => {
  it('has the subnets of its families, the primary one first', async () => {
    const config = parse(await kindConfig({ topology, workers: 2, engine: GOOD_ENGINE }));
    const families = TOPOLOGY_FAMILIES[topology];
    expect(config.networking.ipFamily).toBe(families.length === 2 ? 'dual' : families[0]?.toLowerCase());
    expect(familiesOf(config.networking.podSubnet)).toEqual(families);
    expect(familiesOf(config.networking.serviceSubnet)).toEqual(families);
  });

  it('has kube-proxy in the mode of its name', async () => {
    const config = parse(await kindConfig({ topology, workers: 2, engine: GOOD_ENGINE }));
    const mode = topology.endsWith('-iptables') ? 'iptables' : 'nftables';
    expect(config.networking.kubeProxyMode).toBe(mode);
    const patches = config.kubeadmConfigPatches.map((one: unknown) => parse(String(one)));
    expect(patches).toContainEqual({ kind: 'KubeProxyConfiguration', [mode]: { minSyncPeriod: '100ms' } });
  });

  it.each([1, 3])('has one control plane and %d workers', async (workers) => {
    const config = parse(await kindConfig({ topology, workers, engine: GOOD_ENGINE }));
    expect(config.nodes).toEqual([
      { role: 'control-plane' },
      ...Array.from({ length: workers }, () => ({ role: 'worker' })),
    ]);
  });
});

describe('renderKindConfig', () => {
  const text = '# why\nkind: Cluster\nnodes: [{role: control-plane}]\nkubeadmConfigPatches:\n  - "kind: X"\n';
  const patches = (engine: Parameters<typeof renderKindConfig>[1]['engine']): unknown[] =>
    parse(renderKindConfig(text, { topology: 'dual', workers: 1, engine }))['kubeadmConfigPatches'];
  const parsed = (engine: Parameters<typeof patches>[0]) => patches(engine).map((one) => parse(String(one)));

  it('keeps the file as it is otherwise, comments included', () => {
    expect(renderKindConfig(text, { topology: 'dual', workers: 1, engine: GOOD_ENGINE })).toBe(
      '# why\nkind: Cluster\nnodes:\n  - role: control-plane\n  - role: worker\nkubeadmConfigPatches:\n  - "kind: X"\n',
    );
  });

  it('adds no patch for an engine that lacks nothing', () => {
    expect(parsed(GOOD_ENGINE)).toEqual([{ kind: 'X' }]);
  });

  it('lets the kubelet run on cgroup version 1', () => {
    expect(parsed({ capSysResource: true, cgroupVersion: 1 })).toEqual([
      { kind: 'X' },
      { kind: 'KubeletConfiguration', failCgroupV1: false },
    ]);
  });

  it('lets kubelet and kube-proxy do without CAP_SYS_RESOURCE', () => {
    const without = [
      { kind: 'KubeletConfiguration', featureGates: { KubeletInUserNamespace: true } },
      { kind: 'KubeProxyConfiguration', conntrack: { maxPerCore: 0, min: 0 } },
    ];
    expect(parsed({ capSysResource: false, cgroupVersion: 2 })).toEqual([{ kind: 'X' }, ...without]);
    expect(parsed(POOR_ENGINE)).toEqual([
      { kind: 'X' },
      { kind: 'KubeletConfiguration', failCgroupV1: false },
      ...without,
    ]);
  });
});
