import { expect, test } from '@jest/globals';
import { sourceOf } from './source-of.js';

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:0:7::1', '2001:db8:0:7::/64'],
  ['2001:0DB8:0000:0007:1:2:3:4', '2001:db8:0:7::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
  ['not an address', 'unknown'],
  [undefined, 'unknown'],
])('%s is the source %s', (address, source) => {
  expect(sourceOf(address)).toBe(source);
});
