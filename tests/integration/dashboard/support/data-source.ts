import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { emptyDatabase } from '../../../support/postgres.js';

export interface TestSource {
  readonly setting: { readonly name: string; readonly url: string };
  readonly adminUrl: string;
  /** The role by which dashboard reads it. */
  readonly reader: string;
  /** Runs statements as its owner. */
  sql(statements: string): Promise<void>;
  rows(statement: string): Promise<unknown[][]>;
  drop(): Promise<void>;
}

/** A company's database, made by `schema`, with a role that may select from all that is then in schema public. */
export async function createSource(schema: string, name = 'Shop Data'): Promise<TestSource> {
  const { adminUrl, drop } = await emptyDatabase();
  const reader = `reader_${randomBytes(6).toString('hex')}`;
  const query = async (statement: string): Promise<unknown[][]> => {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      const result: pg.QueryArrayResult | pg.QueryArrayResult[] = await client.query({
        text: statement,
        rowMode: 'array',
      });
      return Array.isArray(result) ? [] : result.rows;
    } finally {
      await client.end();
    }
  };
  await query(`create role ${reader} login password 'reader'; ${schema};
    grant usage on schema public to ${reader}; grant select on all tables in schema public to ${reader}`);
  const url = Object.assign(new URL(adminUrl), { username: reader, password: 'reader' }).href;
  return {
    setting: { name, url },
    adminUrl,
    reader,
    sql: async (statements) => void (await query(statements)),
    rows: query,
    drop: async () => {
      await query(`drop owned by ${reader}; drop role ${reader}`);
      await drop();
    },
  };
}
