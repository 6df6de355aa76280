import { describe, expect, it } from 'vitest';

import { hanging, pageOf } from './page.ts';

const page = pageOf({ colors: false, columns: 20 });

describe('hanging', () => {
  it('breaks between words and indents by the prefix', () => {
    expect(hanging({ prefix: 'event  ', text: 'no available IPs here' }, page)).toEqual([
      'event  no available',
      '       IPs here',
    ]);
  });

  it('keeps a word whole that is wider than the page', () => {
    const url = 'https://github.com/metallb/metallb/issues/1156';
    expect(hanging({ prefix: '  ', text: `see ${url} there` }, page)).toEqual([
      '  see',
      `  ${url}`,
      '  there',
    ]);
  });

  it('breaks nothing where the width is not known', () => {
    const text = 'word '.repeat(100).trim();
    expect(hanging({ prefix: '', text }, pageOf({ colors: false }))).toEqual([text]);
  });

  it('measures without colours, and colours each line', () => {
    const colored = pageOf({ colors: true, columns: 12 });
    const { red, dim } = colored.colors;
    expect(hanging({ prefix: dim('label '), text: 'one two', paint: red }, colored)).toEqual([
      `${dim('label ')}${red('one')}`,
      `      ${red('two')}`,
    ]);
  });
});
