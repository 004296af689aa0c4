import { expect, test } from '@jest/globals';
import { keepDisplay } from './keep-display.js';

test.each([
  ['/', {}, '/'],
  ['/', { logo: 'false' }, '/?logo=false'],
  ['/tables/1?logo=false', { top_nav: 'false' }, '/tables/1?logo=false&top_nav=false'],
  ['/tables/1?logo=true', { logo: 'false' }, '/tables/1?logo=true'],
  ['/tables/1?offset=50#rows', { header: 'false' }, '/tables/1?offset=50&header=false#rows'],
  ['/tables/1?q=%20a', { locale: 'a&b=#c' }, '/tables/1?q=%20a&locale=a%26b%3D%23c'],
])('%s with %j is %s', (path, query, kept) => {
  expect(keepDisplay(path, query)).toBe(kept);
});
