import { describe, expect, it } from 'vitest';

import { Anchors, fileAddress, webLink } from './links.ts';

it('links to the web only', () => {
  expect(webLink('https://x.org/?a&b').text).toBe(
    '<a href="https://x.org/?a&amp;b" rel="noreferrer">https://x.org/?a&amp;b</a>',
  );
  expect(webLink('javascript:alert(1)').text).toBe('javascript:alert(1)');
  expect(webLink(' https://x.org').text).toBe(' https://x.org');
});

describe('fileAddress', () => {
  it.each([
    ['', 'scenarios/c2/a b.log', './scenarios/c2/a%20b.log'],
    ['../runs/1', 'run.json', './../runs/1/run.json'],
    ['', 'javascript:x#?', './javascript%3Ax%23%3F'],
  ])('of %j and %j', (folder, file, address) => {
    expect(fileAddress(folder, file)).toBe(address);
  });

  it.each(['../run.json', 'a/../../b', '/etc/passwd', 'a\\..\\b', 'a//b', ''])('is none for %j', (file) => {
    expect(fileAddress('', file)).toBeUndefined();
  });
});

it('gives every text an id of its own', () => {
  const anchors = new Anchors();
  expect(['case-a', 'case-a', 'c b"<', 'c_b__', ''].map((text) => anchors.of(text))).toEqual([
    'case-a',
    'case-a~2',
    'c_b__',
    'c_b__~2',
    '_',
  ]);
});
