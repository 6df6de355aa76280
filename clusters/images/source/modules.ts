import type { Implementation } from '../../implementations/implementation.ts';
import type { GoModule } from './go-module.ts';

/** The upstreams that a cluster is made of. Versions are in each module's go.mod and nowhere else. */
export const MODULES = {
  kubernetes: {
    name: 'kubernetes',
    upstream: 'k8s.io/kubernetes',
    // Without these the binaries say v0.0.0-master, which kubeadm refuses.
    versionVariables: ['k8s.io/component-base/version.gitVersion', 'k8s.io/client-go/pkg/version.gitVersion'],
  },
  etcd: { name: 'etcd', upstream: 'go.etcd.io/etcd/server/v3' },
  containerd: {
    name: 'containerd',
    upstream: 'github.com/containerd/containerd/v2',
    tags: ['no_btrfs', 'no_devmapper', 'no_zfs', 'no_aufs', 'netgo', 'osusergo'],
    versionVariables: ['github.com/containerd/containerd/v2/version.Version'],
  },
  cni: { name: 'cni-plugins', upstream: 'github.com/containernetworking/plugins' },
  kind: { name: 'kind', upstream: 'sigs.k8s.io/kind', host: true },
} as const satisfies Record<string, GoModule>;

/** All that an implementation's images have programs of, its own first. */
export function modulesOf({
  module,
  furtherModules = [],
}: Pick<Implementation, 'module' | 'furtherModules'>): GoModule[] {
  return [module, ...furtherModules];
}
