import { describe, expect, it } from 'vitest';

import { service } from './fake-api-server.ts';
import { ObjectStore } from './object-store.ts';

describe('ObjectStore', () => {
  it('turns a new list into events', () => {
    const store = new ObjectStore();
    store.replace([service('same', '1'), service('changed', '2'), service('gone', '3')], 10);
    const { changes, objects } = store.replace(
      [service('same', '1'), service('changed', '4'), service('new', '5')],
      20,
    );
    expect(changes).toEqual([
      { type: 'DELETED', object: service('gone', '3'), at: 20 },
      { type: 'MODIFIED', object: service('changed', '4'), at: 20 },
      { type: 'ADDED', object: service('new', '5'), at: 20 },
    ]);
    expect(objects).toEqual([service('same', '1'), service('changed', '4'), service('new', '5')]);
  });

  it('tells an object that was made anew under the same name from one that was changed', () => {
    const store = new ObjectStore();
    const old = service('web', '1');
    store.replace([old], 10);
    const anew = { ...old, metadata: { ...old.metadata, uid: 'another', resourceVersion: '2' } };
    expect(store.replace([anew], 20).changes).toEqual([
      { type: 'DELETED', object: old, at: 20 },
      { type: 'ADDED', object: anew, at: 20 },
    ]);
  });

  it('keeps objects of the same name in two namespaces apart', () => {
    const store = new ObjectStore();
    const here = service('web', '1');
    const there = { ...here, metadata: { ...here.metadata, namespace: 'other' } };
    store.replace([here, there], 10);
    expect(store.change({ type: 'DELETED', object: here, at: 20 }).objects).toEqual([there]);
  });
});
