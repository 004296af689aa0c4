import type { Api } from '../client/api.js';
import type { Database } from './database.js';

/** The data to look at: 100,000 rows, 100 of them for each of 1,000 customers, in mixed order, with an index. */
export const rowCount = 100_000;
export const customers = 1_000;

const reader = 'bench_reader';

/** Makes the table and answers the address of a role that can only read it. */
export async function makeInvoices(database: Database): Promise<string> {
  const password = 'only-for-the-bench';
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`
    revoke all on schema public from public;
    create table public.invoice (id integer primary key, customer integer not null, number text not null, amount numeric(12, 2) not null,
      issued date not null, due date not null, status text not null, paid_at timestamptz);
    insert into public.invoice
    select n, (n * 7919) % ${customers}, 'INV-' || lpad(n::text, 7, '0'), (n % 100000) / 7.0, date '2026-01-01' + n % 365, date '2026-01-31' + n % 365,
      (array['open', 'paid', 'overdue'])[1 + n % 3], case when n % 3 = 1 then timestamptz '2026-02-01 12:00Z' + n * interval '1 minute' end
    from generate_series(1, ${rowCount}) as n;
    create index on public.invoice (customer);
    do $$ begin
      if not exists (select from pg_roles where rolname = '${reader}') then create role ${reader} login password '${password}'; end if;
    end $$;
    grant connect on database ${name} to ${reader};
    grant usage on schema public to ${reader};
    grant select on public.invoice to ${reader}`);
  await database.query('vacuum analyze public.invoice');
  return Object.assign(new URL(database.url), { username: reader, password }).href;
}

export const dataSource = 'Bench';
export const claimedGroup = 'Customer-Bench';

/** Addresses of the services that the administrator speaks to; one and the same behind a site. */
export interface Addresses {
  readonly permissions: string;
  readonly dashboard: string;
}

/** Lets everybody of one group see the invoices of the customer that their token names. Answers the id of the table. */
export async function sandboxInvoices(api: Api, { permissions, dashboard }: Addresses): Promise<number> {
  const { data: tables } = await api<{ data: { id: number; database: string }[] }>('GET', `${dashboard}/api/tables`);
  const table = tables.find(({ database }) => database === dataSource);
  if (!table) throw new Error(`dashboard does not show ${dataSource}`);
  const group = await api<{ id: number }>('POST', `${permissions}/api/groups`, { name: 'Bench' });
  const mappings = { [claimedGroup]: [group.id] };
  await api('PUT', `${permissions}/api/group-sync/jwt`, { enabled: true, mode: 'mapped', mappings });
  const rule = { column: 'customer', operator: '=', value: { attribute: 'customer' } };
  await api('POST', `${permissions}/api/sandboxes`, { groupId: group.id, tableId: table.id, rule });
  return table.id;
}

/** Throws unless all rows of an answer belong to that customer and there are that many of them. */
export function mustBeInvoicesOf(customer: number, count: number, body: Buffer): void {
  const { columns, rows } = JSON.parse(body.toString()) as { columns: { name: string }[]; rows: unknown[][] };
  const at = columns.findIndex(({ name }) => name === 'customer');
  if (rows.length !== count || rows.some((row) => row[at] !== customer))
    throw new Error(
      `expected ${count} invoices of customer ${customer}, got ${rows.length}: ${JSON.stringify(rows[0])}`,
    );
}
