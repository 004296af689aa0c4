// The least that answering decisions can be: node:http and one prepared statement. What is remembered is written as it was kept, once the
// versions that it rests on have been read; what is not is put together from one row.
import type { IncomingMessage } from 'node:http';
import pg from 'pg';
import { given, listen } from './listen.js';

interface Row {
  readonly attributes: Readonly<Record<string, { readonly value: unknown }>>;
  readonly entries: readonly {
    readonly tableId: number;
    readonly rule: { readonly column: string; readonly value: { readonly attribute: string } };
  }[];
}

const pool = new pg.Pool({ connectionString: given('DATABASE_URL'), max: 10, options: '-c search_path=permissions' });
const remembered = new Map<string, string>();

listen(async (request, response) => {
  const { accountId } = JSON.parse(await bodyOf(request)) as { accountId: string };
  const body =
    request.url === '/loaded' ? await load(accountId) : await recall(accountId, request.url === '/one' ? 1 : 100);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

async function recall(accountId: string, tables: number): Promise<string> {
  const { rows } = await pool.query({ name: 'versions', text: versions, values: [accountId] });
  const key = `${accountId} ${tables} ${rows[0]?.account} ${rows[0]?.policy}`;
  const known = remembered.get(key) ?? (await load(accountId, tables));
  remembered.set(key, known);
  return known;
}

async function load(accountId: string, tables = 100): Promise<string> {
  const { rows } = await pool.query<Row>({ name: 'access', text: access, values: [accountId] });
  const { attributes = {}, entries = [] } = rows[0] ?? {};
  const decisions = entries.slice(0, tables).map(({ tableId, rule }) => ({
    tableId,
    decision: {
      access: 'sandboxed',
      filter: {
        op: '=',
        column: { name: rule.column, type: 'integer' },
        value: String(attributes[rule.value.attribute]?.value),
      },
    },
  }));
  return JSON.stringify({ decisions });
}

const versions =
  'select account.revision as account, policy.revision as policy from account, policy where account.id = $1';

const access = `
select account.attributes, (
  select json_agg(json_build_object('tableId', table_id, 'rule', rule))
  from claimed_group join group_mapping using (provider, name) join data_permission using (group_id)
  where claimed_group.account_id = account.id) as entries
from account where id = $1`;
