import { expect, test } from '@jest/globals';
import { loadConfig } from '@sandgate/service-kit';
import { z } from 'zod';
import { dashboardSettings } from './config.js';

const load = (value: unknown): unknown => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return loadConfig(z.object(dashboardSettings), { SANDGATE_DATA_SOURCES: text }).SANDGATE_DATA_SOURCES;
};

const source = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'Sample',
  url: 'postgres://reader:hunter2@db/sample',
  ...over,
});

test('data sources are a list of names and addresses', () => {
  const sources = [source(), source({ name: 'Other', url: 'postgresql://reader@db:5433/other?sslmode=require' })];

  expect(load(sources)).toEqual(sources);
  expect(load([])).toEqual([]);
});

test.each([
  ['no JSON', 'hunter2'],
  ['no list', { name: 'Sample' }],
  ['no address', [source({ url: 'hunter2' })]],
  ['another protocol', [source({ url: 'mysql://reader:hunter2@db/sample' })]],
  ['no role', [source({ url: 'postgres://db/hunter2' })]],
  ['no database', [source({ url: 'postgres://reader:hunter2@db' })]],
  [
    'session options in the address',
    [source({ url: 'postgres://reader:hunter2@db/sample?options=-c%20default_transaction_read_only%3Doff' })],
  ],
  ['a timeout in the address', [source({ url: 'postgres://reader:hunter2@db/sample?statement_timeout=0' })]],
  ['a name of signs only', [source({ name: '***' })]],
  ['no name', [{ url: 'postgres://reader:hunter2@db/sample' }]],
  ['two names that make one address', [source({ name: 'Sample Data' }), source({ name: 'sample-data' })]],
  ['an unknown field', [source({ password: 'hunter2' })]],
])('%s stops the start, and nothing of an address is repeated', (_name, value) => {
  let fault: unknown;
  try {
    load(value);
  } catch (error) {
    fault = error;
  }

  expect(fault).toMatchObject({ name: 'ConfigInvalid' });
  expect(String(fault)).toContain('SANDGATE_DATA_SOURCES');
  expect(String(fault)).not.toContain('hunter2');
});

test('without data sources there is no start', () => {
  expect(() => loadConfig(z.object(dashboardSettings), {})).toThrow('SANDGATE_DATA_SOURCES: is required');
});
