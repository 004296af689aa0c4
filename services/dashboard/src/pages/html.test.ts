import { expect, test } from '@jest/globals';
import { html } from './html.js';

test('a value cannot leave the content or the attribute that it stands in', () => {
  const hostile = `"><script>alert('1')</script>&amp;`;

  expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;">' +
      '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;</p>',
  );
});

test('markup goes in as it is, alone and in a list, and undefined is nothing', () => {
  const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);

  expect(html`<ul>${items}</ul>${undefined}${html`<hr>`}${0}`.text).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul><hr>0');
});
