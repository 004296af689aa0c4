import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '@sandgate/messaging';
import pg from 'pg';
import { freshDatabase, type MigratedDatabase } from './postgres.js';
import type { ServiceUrls } from './testbed.js';

interface Work<Client> {
  readonly name: string;
  /** How many accounts or events it is about. */
  readonly of?: number;
  /** SQL that makes it possible, each time anew. */
  readonly given?: string;
  run(database: Client): Promise<unknown>;
}

interface Installation<Client> {
  readonly service: keyof ServiceUrls;
  /** As the service connects, with its own settings. */
  connect(url: string, limits: { max: number }): Client;
  /** SQL of what an administrator has set up. */
  readonly setUp?: string;
  /** A table of which more may be read with plans of when it was empty, and analysed. */
  readonly except?: string;
  readonly work: readonly Work<Client>[];
  /** SQL that brings ten thousand rows into every table that grows, and makes no table, also no temporary one: plans go when a schema comes. */
  readonly grow: string;
}

/** A plan depends on what was known of the tables: nothing at all, or how few rows they have. */
const smallTables = ['empty', 'empty, and analysed', 'nearly empty, and analysed'];

/** For each that the work is about, of one table and its indexes: more than a few look-ups, and far less than ten thousand rows take. */
const bounds = { rows: 40, pages: 60 };

interface Reads {
  readonly table: string;
  readonly rows: number;
  readonly pages: number;
}

/**
 * Tests that what the work reads does not grow with the installation, on a connection that made its plans before it grew. PostgreSQL's own
 * counts tell.
 */
export function testReadsByKey<Client extends Database>(installation: Installation<Client>): void {
  const { service, connect, setUp = '', except, work, grow } = installation;

  describe.each(smallTables)('with plans made while tables were %s,', (tables) => {
    let databases: MigratedDatabase;
    let admin: pg.Client;
    let database: Client;
    let planned: unknown;

    /** Both write their counts at the end of the statement that says so. */
    const asAdmin = async (sql: string): Promise<void> => {
      await admin.query(sql);
      await admin.query('select pg_stat_force_next_flush()');
    };
    const counted = async (): Promise<ReadonlyMap<string, Reads>> => {
      await database.$queryRaw`select pg_stat_force_next_flush()::text`;
      const { rows } = await admin.query<Reads>(
        `select relname as table, (seq_tup_read + entries_read)::float8 as rows,
           (heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::float8 as pages
         from pg_stat_user_tables join pg_statio_user_tables using (relid, schemaname, relname)
           join (select relid, sum(idx_tup_read) as entries_read from pg_stat_user_indexes group by relid) as indexes using (relid)
         where schemaname = $1`,
        [service],
      );
      return new Map(rows.map((reads) => [reads.table, reads]));
    };
    const runAll = async (): Promise<void> => {
      for (const { given = '', run } of work) {
        await asAdmin(given);
        await run(database);
      }
    };

    const explained = async (): Promise<unknown> => database.$queryRaw`explain execute plan`;

    beforeAll(async () => {
      databases = await freshDatabase();
      admin = new pg.Client({ connectionString: databases.adminUrl, options: `-c search_path=${service}` });
      await admin.connect();
      // Statements are planned anew after an analysis.
      await asAdmin(
        `do $$ declare name text; begin
           for name in select quote_ident(tablename) from pg_tables where schemaname = '${service}' loop
             execute 'alter table ' || name || ' set (autovacuum_enabled = off)';
           end loop;
         end $$`,
      );
      await asAdmin(setUp);
      database = connect(databases.urls[service], { max: 1 });
      if (tables === 'empty, and analysed') await asAdmin('vacuum analyze');
      await runAll();
      if (tables === 'nearly empty, and analysed') {
        await asAdmin('vacuum analyze');
        await runAll();
      }
      await database.$executeRaw`prepare plan as select from outbox`;
      planned = await explained();
      await asAdmin(grow);
    });

    afterAll(async () => {
      await database.$disconnect();
      await admin.end();
      await databases.drop();
    });

    test('they outlive the growth', async () => {
      expect(await explained()).toEqual(planned);
    });

    test.each(work)('$name reads as little as before', async ({ of = 1, given = '', run }) => {
      await asAdmin(given);
      const before = await counted();

      await run(database);

      const reads = [...(await counted()).values()].map(({ table, rows, pages }) => ({
        table,
        rows: (rows - (before.get(table)?.rows ?? 0)) / of,
        pages: (pages - (before.get(table)?.pages ?? 0)) / of,
      }));
      const judged = reads.filter(({ table }) => tables !== 'empty, and analysed' || table !== except);
      expect(judged.filter(({ rows, pages }) => rows > bounds.rows || pages > bounds.pages)).toEqual([]);
      expect(reads.some(({ pages }) => pages > 0)).toBe(true);
    });
  });
}
