import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { codeSpan, fenced, prose } from './markdown.ts';

const hostile = array(constantFrom('`', '``', '```', '~', '\n', ' ', '<b>', 'x', '\\')).map((parts) =>
  parts.join(''),
);

describe('fenced', () => {
  it('is an ordinary block for ordinary text', () => {
    expect(fenced('yaml', 'kind: Service\n')).toBe('```yaml\nkind: Service\n```');
  });

  it('has a fence that no line of the text can close', () => {
    assert(
      property(hostile, (text) => {
        const [opening = '', ...lines] = fenced('', text).split('\n');
        const closing = lines.findIndex((line) => line.trim().startsWith(opening));
        expect(closing).toBe(lines.length - 1);
      }),
    );
  });
});

describe('codeSpan', () => {
  it.each([
    ['service.yaml', '`service.yaml`'],
    ['a `b` c', '`` a `b` c ``'],
    ['``', '``` `` ```'],
  ])('writes %s', (text, span) => {
    expect(codeSpan(text)).toBe(span);
  });
});

it('shows what would be Markdown, HTML or a mention as it is written', () => {
  expect(prose('<img src=x> [a](b) **c** `d` #1 @you & ~~e~~')).toBe(
    String.raw`\<img src=x\> \[a\](b) \*\*c\*\* \`d\` \#1 \@you \& \~\~e\~\~`,
  );
});
