import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { jsonPieces } from './json-text.ts';

const texts = (value: unknown, space: number) => [...jsonPieces(value, space)];

it('gives what JSON.stringify does, whatever the value', () => {
  const values = fc.anything({ withDate: true, withNullPrototype: true, maxDepth: 7 });
  fc.assert(
    fc.property(values, fc.constantFrom(0, 2), (value, space) => {
      // A value that is nothing in JSON is none of ours.
      fc.pre(JSON.stringify(value) !== undefined);
      expect(texts(value, space).join('')).toBe(JSON.stringify(value, null, space));
    }),
  );
});

it.each([0, 2])('leaves out what JSON cannot say, and keeps its place in a list, with %d spaces', (space) => {
  const value = { a: undefined, b: [undefined, () => 1, Symbol('s')], c: {}, d: [], e: { f: undefined } };
  expect(texts(value, space).join('')).toBe(JSON.stringify(value, null, space));
});

it('has no piece that is longer than one observation of one scenario', () => {
  const observations = Array.from({ length: 100 }, (_, at) => ({ at, kind: 'event' }));
  const pieces = texts({ scenarios: [{ id: 'c1', observations }] }, 2);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(100);
});
