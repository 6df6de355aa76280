import { describe, expect, it } from 'vitest';

import { announcerOf } from './announcer.ts';

const nodes = [
  { name: 'worker', mac: '02:42:AC:12:00:03' },
  { name: 'worker2', mac: '02-42-ac-12-00-04' },
];

describe('announcerOf', () => {
  it.each([
    ['02:42:ac:12:00:03', 'worker'],
    ['02:42:AC:12:00:04', 'worker2'],
    ['02:42:ac:12:00:05', undefined],
    [undefined, undefined],
  ])('takes %s for %s', (mac, node) => {
    expect(announcerOf(mac, nodes)).toBe(node);
  });
});
