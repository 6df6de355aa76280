import type { KubernetesObject } from './objects.ts';
import type { Snapshot, WatchEvent } from './watch.ts';

/** What a watch knows of its objects; turns a new list into the events that would have led to it. */
export class ObjectStore {
  #objects = new Map<string, KubernetesObject>();

  change(event: WatchEvent): Snapshot {
    const key = keyOf(event.object);
    if (event.type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, event.object);
    return this.#snapshot([event], event.at);
  }

  replace(items: readonly KubernetesObject[], at: number): Snapshot {
    const next = new Map(items.map((object) => [keyOf(object), object]));
    const changes: WatchEvent[] = [];
    for (const [key, object] of this.#objects) {
      if (next.get(key)?.metadata.uid !== object.metadata.uid || !next.has(key)) {
        changes.push({ type: 'DELETED', object, at });
        this.#objects.delete(key);
      }
    }
    for (const [key, object] of next) {
      const before = this.#objects.get(key);
      if (before === undefined) changes.push({ type: 'ADDED', object, at });
      else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) {
        changes.push({ type: 'MODIFIED', object, at });
      }
    }
    this.#objects = next;
    return this.#snapshot(changes, at);
  }

  #snapshot(changes: WatchEvent[], at: number): Snapshot {
    return { at, objects: [...this.#objects.values()], changes };
  }
}

function keyOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
