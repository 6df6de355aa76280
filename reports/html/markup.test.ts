import { expect, it } from 'vitest';

import { markup, verbatim } from './markup.ts';

it('escapes what is put in, in text and in attributes', () => {
  expect(markup`<p title="${`"'>`}">${'<script>&'}</p>`.text).toBe(
    '<p title="&quot;&#39;&gt;">&lt;script&gt;&amp;</p>',
  );
});

it('takes markup as it is, lists one after another, and leaves out what is not there', () => {
  const items = ['<', 2].map((item) => markup`<li>${item}`);
  expect(markup`${items}${undefined}${false}${verbatim('<hr>')}`.text).toBe('<li>&lt;<li>2<hr>');
});
