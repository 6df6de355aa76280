import { describe, expect, it } from 'vitest';

import { MemberLists } from './members.ts';

/** A line of a speaker's log, as MetalLB writes it. */
function line(event: string, node: string): string {
  return JSON.stringify({
    caller: 'net.go:1210',
    component: 'Memberlist',
    level: 'info',
    msg: 'node event - forcing sync',
    'node addr': '172.18.0.3',
    'node event': event,
    'node name': node,
    ts: '2026-11-23T01:00:00Z',
  });
}

/** Lists of `speaker: event node` lines. */
function listsOf(...events: string[]): MemberLists {
  const lists = new MemberLists();
  for (const text of events) {
    const [speaker = '', event = '', node = ''] = text.split(/:? /);
    lists.read(speaker, line(event, node));
  }
  return lists;
}

describe('MemberLists', () => {
  it('is complete when every speaker lists every node', () => {
    const lists = listsOf('s1: NodeJoin a', 's1: NodeJoin b', 's2: NodeJoin b');
    expect(lists.complete(2)).toBe(false);
    expect(lists.describe()).toBe('s1 lists 2, s2 lists 1');
    lists.read('s2', line('NodeJoin', 'a'));
    expect(lists.complete(2)).toBe(true);
  });

  it('is not complete with a speaker too few or too many', () => {
    expect(listsOf('s1: NodeJoin a', 's1: NodeJoin b').complete(2)).toBe(false);
    expect(listsOf('s1: NodeJoin a', 's2: NodeJoin a').complete(1)).toBe(false);
  });

  it('counts a node once, and not after it left', () => {
    const twice = listsOf('s1: NodeJoin a', 's1: NodeJoin a', 's1: NodeUpdate a');
    expect(twice.complete(1)).toBe(true);
    const left = listsOf('s1: NodeJoin a', 's1: NodeJoin b', 's1: NodeLeave b');
    expect(left.complete(1)).toBe(true);
    expect(left.describe()).toBe('s1 lists 1');
  });

  it.each([
    ['no JSON', 'goroutine 1 [running]:'],
    ['another message', JSON.stringify({ msg: 'node event', 'node event': 'NodeJoin', 'node name': 'a' })],
    ['another event', line('NodeDream', 'a')],
    ['a line cut short', line('NodeJoin', 'a').slice(0, -5)],
    ['JSON that is no object', '7'],
  ])('takes nothing from %s', (_, text) => {
    const lists = new MemberLists();
    lists.read('s1', text);
    expect(lists.describe()).toBe('no speaker lists any member');
    expect(lists.complete(0)).toBe(true);
    expect(lists.complete(1)).toBe(false);
  });
});
