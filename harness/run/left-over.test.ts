import { describe, expect, it } from 'vitest';

import { KubernetesApiError } from '../../clusters/kubernetes/api-error.ts';
import type { KubernetesObject, ObjectRef, ResourceRef } from '../../clusters/kubernetes/objects.ts';
import { REMOVE_WAY_BACK } from '../bgp/way-back.ts';
import { removeLeftOver, removeObjects, RUN_LABEL } from './left-over.ts';

const POOL = { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' };

function object(kind: string, name: string, metadata: Record<string, unknown> = {}): KubernetesObject {
  const apiVersion = kind === 'IPAddressPool' ? POOL.apiVersion : 'v1';
  return { apiVersion, kind, metadata: { name, ...metadata } };
}

interface Left {
  objects?: KubernetesObject[];
  probes?: string[];
  networks?: string[];
  gone?: string[];
}

function nameOf({ kind, name }: ObjectRef): string {
  return `${kind} ${name}`;
}

/** By the label of any run, or of some. */
function isSelected({ metadata }: KubernetesObject, selector: string | undefined): boolean {
  if (selector === undefined || selector === RUN_LABEL) return true;
  const [, runs = ''] = /^dualvip\.dev\/run in \((.*)\)$/.exec(selector) ?? [];
  return runs.split(',').includes(metadata.labels?.[RUN_LABEL] ?? '');
}

/** A cluster with leftovers, which notes what is done to it. */
function clusterWith({ objects = [], probes = [], networks = [], gone = [] }: Left) {
  const done: string[] = [];
  const place = {
    state: { name: 'dual' },
    nodes: [{ containerId: 'n1' }, { containerId: 'n2' }],
    docker: {
      lines: ([what]: readonly string[]) => Promise.resolve(what === 'ps' ? probes : networks),
      run: (args: readonly string[]) => Promise.resolve(String(done.push(args.join(' ')))),
    },
    client: {
      list({ kind }: ResourceRef, selection: { namespace?: string; labelSelector?: string } = {}) {
        const items = objects.filter(
          (one) =>
            one.kind === kind &&
            (selection.namespace === undefined || one.metadata.namespace === selection.namespace) &&
            isSelected(one, selection.labelSelector),
        );
        return Promise.resolve({ items, resourceVersion: '1' });
      },
      delete(ref: ObjectRef) {
        done.push(`ask ${nameOf(ref)}`);
        if (!gone.includes(ref.name)) return Promise.resolve({});
        return Promise.reject(
          new KubernetesApiError({ call: 'DELETE /', status: 404, reason: 'NotFound', message: '' }),
        );
      },
      deleteAndWait(refs: readonly ObjectRef[]) {
        done.push(...refs.map((ref) => `await ${nameOf(ref)}`));
        return Promise.resolve();
      },
    },
  };
  return { place, done };
}

describe('removeLeftOver', () => {
  it('waits for Services, then for pools, and not for namespaces', async () => {
    const { place, done } = clusterWith({
      objects: [
        object('IPAddressPool', 'dual-pool'),
        object('Namespace', 'dualvip-a'),
        object('Service', 'web-frontend', { namespace: 'dualvip-a' }),
        object('Service', 'kubernetes', { namespace: 'default' }),
      ],
      probes: ['p1', 'p2'],
    });
    await removeLeftOver(place, { poolResources: [POOL] });
    expect(done).toEqual([
      'rm --force --volumes p1 p2',
      'await Service web-frontend',
      'await IPAddressPool dual-pool',
      'ask Namespace dualvip-a',
    ]);
  });

  it('takes the way to a client off the nodes before the network of the client', async () => {
    const { place, done } = clusterWith({ probes: ['router', 'client'], networks: ['net'] });
    await removeLeftOver(place, { poolResources: [] });
    expect(done).toEqual([
      'rm --force --volumes router client',
      `exec n1 sh -c ${REMOVE_WAY_BACK}`,
      `exec n2 sh -c ${REMOVE_WAY_BACK}`,
      'network rm net',
    ]);
  });

  it('leaves the namespace of the run that begins', async () => {
    const { place, done } = clusterWith({
      objects: [
        object('Namespace', 'dualvip-b'),
        object('Service', 'web-frontend', { namespace: 'dualvip-b' }),
      ],
    });
    await removeLeftOver(place, { poolResources: [POOL] }, { keepNamespace: 'dualvip-b' });
    expect(done).toEqual([]);
  });

  it('asks only once for a namespace that is ending, and minds none that is gone', async () => {
    const { place, done } = clusterWith({
      objects: [
        object('Namespace', 'ending', { deletionTimestamp: '2026-11-23T04:00:00Z' }),
        object('Service', 'late', { namespace: 'ending' }),
        object('Namespace', 'gone'),
      ],
      gone: ['gone'],
    });
    await removeLeftOver(place, { poolResources: [] });
    expect(done).toEqual(['await Service late', 'ask Namespace gone']);
  });
});

function of(run: string): Record<string, unknown> {
  return { labels: { [RUN_LABEL]: run } };
}

describe('removeObjects', () => {
  it('removes what these runs have made, and nothing of another', async () => {
    const { place, done } = clusterWith({
      objects: [
        object('IPAddressPool', 'pool-a', of('a')),
        object('IPAddressPool', 'pool-c', of('c')),
        object('IPAddressPool', 'theirs'),
        object('Namespace', 'dualvip-a', of('a')),
        object('Namespace', 'dualvip-c', of('c')),
        object('Namespace', 'shop'),
        object('Service', 'web', { namespace: 'dualvip-a' }),
        object('Service', 'web-c', { namespace: 'dualvip-c' }),
      ],
    });
    const runs = ['a', 'b'];
    expect(await removeObjects(place.client, { poolResources: [POOL] }, { runs })).toEqual(['dualvip-a']);
    expect(done).toEqual(['await Service web', 'await IPAddressPool pool-a', 'ask Namespace dualvip-a']);
  });
});
