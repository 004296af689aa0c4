import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { emptyDatabase } from '../support/postgres.js';
import { claimedNames, type Kept } from './claims-model.js';

export interface Invoice {
  readonly id: number;
  readonly accountId: number | null;
  readonly region: string;
}

export const regions = ['EU', 'US', 'APAC'] as const;
export const accountIds = 20;

/** The rows of the company, in the order of ids. Every thirtieth belongs to nobody. */
const invoices: readonly Invoice[] = Array.from({ length: 600 }, (_, n) => ({
  id: n + 1,
  accountId: n % 30 === 0 ? null : (n % accountIds) + 1,
  region: regions[n % regions.length] as string,
}));

export interface DataSource {
  readonly name: string;
  readonly url: string;
  /** Runs a statement as its owner. */
  run(statement: string): Promise<void>;
  drop(): Promise<void>;
}

/** A company's database with the invoices, and a role that may read them. */
export async function createDataSource(): Promise<DataSource> {
  const { adminUrl, drop } = await emptyDatabase();
  const reader = `reader_${randomBytes(6).toString('hex')}`;
  const run = async (statement: string, values: unknown[] = []): Promise<void> => {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    await client.query(statement, values).finally(() => client.end());
  };
  await run(`create role ${reader} login password 'reader'`);
  await run('create table invoices (id integer primary key, account_id integer, region text not null)');
  await run(
    `insert into invoices select id, "accountId", region
     from jsonb_to_recordset($1) as invoice (id integer, "accountId" integer, region text)`,
    [JSON.stringify(invoices)],
  );
  await run(`grant select on invoices to ${reader}`);
  return {
    name: 'Company',
    url: Object.assign(new URL(adminUrl), { username: reader, password: 'reader' }).href,
    run,
    drop: async () => {
      await run(`drop owned by ${reader}`);
      await run(`drop role ${reader}`);
      await drop();
    },
  };
}

type Customer = 'Acme' | 'Globex';

/** What an administrator has set, as far as these tests change it. */
export interface Policy {
  /** Claimed names that lead into the customer's group. */
  readonly mappings: Readonly<Record<Customer, readonly string[]>>;
  /** The column that the customer's sandbox compares with the attribute of the same name. */
  readonly rules: Readonly<Record<Customer, 'account_id' | 'region'>>;
  readonly allUsers: 'none' | 'unrestricted';
}

export const customers: readonly Customer[] = ['Acme', 'Globex'];

export const firstPolicy: Policy = {
  mappings: { Acme: ['Customer-Acme'], Globex: ['Customer-Globex'] },
  rules: { Acme: 'account_id', Globex: 'region' },
  allUsers: 'none',
};

/** Names of the customers' groups that somebody is in. */
export const customersOf = (kept: Kept, { mappings }: Policy): Customer[] =>
  customers.filter((customer) => mappings[customer].some((name) => claimedNames(kept).includes(name)));

/** The oracle: ids of the invoices that somebody may see, or undefined for who is denied. Brute force over plain rows, without SQL. */
export function visibleInvoices(kept: Kept, policy: Policy): readonly number[] | undefined {
  if (policy.allUsers === 'unrestricted') return invoices.map(({ id }) => id);
  const tests = customersOf(kept, policy).flatMap((customer) => matcherOf(policy.rules[customer], kept));
  if (tests.length === 0) return undefined;
  return invoices.filter((invoice) => tests.some((matches) => matches(invoice))).map(({ id }) => id);
}

/** Empty for a rule whose attribute is missing: it adds no rows. */
function matcherOf(column: 'account_id' | 'region', { attributes }: Kept): ((invoice: Invoice) => boolean)[] {
  const value = attributes[column];
  if (value === undefined) return [];
  if (column === 'region') return [({ region }) => region === value];
  const wanted = (Array.isArray(value) ? value : [value]).map(Number);
  return [({ accountId }) => accountId !== null && wanted.includes(accountId)];
}
