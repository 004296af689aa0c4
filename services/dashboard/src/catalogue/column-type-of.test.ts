import { expect, test } from '@jest/globals';
import { columnTypeOf } from './column-type-of.js';

test.each([
  ['int2', null, 'integer'],
  ['int4', null, 'integer'],
  ['int8', null, 'integer'],
  ['numeric', null, 'decimal'],
  ['float4', null, 'float'],
  ['float8', null, 'float'],
  ['text', true, 'text'],
  ['varchar', true, 'text'],
  ['bool', null, 'boolean'],
  ['date', null, 'date'],
  ['timestamp', null, 'timestamp'],
  ['timestamptz', null, 'timestamptz'],
  ['uuid', null, 'uuid'],
] as const)('%s is %s', (name, deterministic, kind) => {
  expect(columnTypeOf({ name, builtIn: true, deterministic })).toBe(kind);
});

test.each([
  'bpchar',
  'name',
  'json',
  'jsonb',
  '_int4',
  'money',
  'time',
  'timetz',
  'interval',
  'bytea',
  'inet',
  'xml',
  'int4range',
  'oid',
  'char',
])('%s can be shown but not compared', (name) => {
  expect(columnTypeOf({ name, builtIn: true, deterministic: true })).toBe('other');
});

test('text whose collation takes different bytes for equal cannot be compared', () => {
  expect(columnTypeOf({ name: 'text', builtIn: true, deterministic: false })).toBe('other');
  expect(columnTypeOf({ name: 'varchar', builtIn: true, deterministic: null })).toBe('other');
});

test('a type that only has the name of a built-in one cannot be compared', () => {
  expect(columnTypeOf({ name: 'text', builtIn: false, deterministic: true })).toBe('other');
  expect(columnTypeOf({ name: 'citext', builtIn: false, deterministic: true })).toBe('other');
});
