import { expect, test } from '@jest/globals';
import { slugOf } from './slug-of.js';

test.each([
  ['Sample Database', 'sample-database'],
  ['  Shop “Données” 1! ', 'shop-données-1'],
  ['販売', '販売'],
  ['a--b__c', 'a-b-c'],
  ['../..', ''],
  ['', ''],
])('%j is %j', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
