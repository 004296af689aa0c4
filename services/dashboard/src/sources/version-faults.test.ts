import { expect, test } from '@jest/globals';
import { versionFaults } from './version-faults.js';

test.each([150014, 150018, 160010, 170006, 180000, 190001])('PostgreSQL %i may be used', (version) => {
  expect(versionFaults(version)).toEqual([]);
});

test.each([
  [140022, 'PostgreSQL 14 is not supported: use 15 or later'],
  [90624, 'PostgreSQL 9 is not supported: use 15 or later'],
  [150013, 'PostgreSQL 15.13 has a known leak of hidden rows: update it to 15.14 or later'],
  [160009, 'PostgreSQL 16.9 has a known leak of hidden rows: update it to 16.10 or later'],
  [170005, 'PostgreSQL 17.5 has a known leak of hidden rows: update it to 17.6 or later'],
])('PostgreSQL %i is refused: %s (A-60)', (version, fault) => {
  expect(versionFaults(version)).toEqual([fault]);
});
