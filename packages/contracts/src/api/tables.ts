import { z } from 'zod';
import { DatabaseId, TableId } from '../catalogue.js';
import { Column } from '../column-type.js';
import { maxRows, Rows, StructuredQuery } from '../query.js';
import { defineEndpoint } from './define-endpoint.js';
import { digits, listOf, Page } from './lists.js';

const owner = 'dashboard';
const access = 'person';
const readErrors = [
  'permissions.not_yet_applied',
  'permissions.table_denied',
  'permissions.attribute_missing',
  'permissions.attribute_mistyped',
  'permissions.rule_unresolvable',
  'permissions.table_unknown',
  'dashboard.catalogue_differs',
  'dashboard.query_failed',
  'dashboard.query_timeout',
] as const;

export const VisibleTable = z.strictObject({
  id: TableId,
  databaseId: DatabaseId,
  database: z.string(),
  schema: z.string(),
  name: z.string(),
  access: z.enum(['unrestricted', 'sandboxed']),
  columns: z.array(Column),
});

export const listTables = defineEndpoint({
  method: 'get',
  path: '/api/tables',
  owner,
  access,
  summary: 'The tables that the signed-in person may see',
  query: z.strictObject(Page),
  response: listOf(VisibleTable),
  errors: ['permissions.not_yet_applied'],
});

export const readRows = defineEndpoint({
  method: 'get',
  path: '/api/tables/{id}/rows',
  owner,
  access,
  summary: 'Rows of a table that the signed-in person may see',
  params: z.strictObject({ id: digits({ min: 1, max: 2_147_483_647 }) }),
  query: z.strictObject({
    limit: digits({ min: 1, max: maxRows }).default(100),
    offset: digits({ min: 0, max: 10_000_000 }).default(0),
  }),
  response: Rows,
  errors: readErrors,
});

export const runQuery = defineEndpoint({
  method: 'post',
  path: '/api/query',
  owner,
  access,
  summary: 'A structured query over the rows that the signed-in person may see',
  body: StructuredQuery,
  response: Rows,
  errors: ['dashboard.query_invalid', ...readErrors],
});
