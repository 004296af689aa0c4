import { serviceNames } from '@sandgate/contracts';
import pg from 'pg';
import { eventually } from './eventually.js';

/**
 * Every row of every table of Sandgate's own schemas, as text: what is the same before and after has left no trace. Without the columns
 * that say when a session or a key was used: those of whoever asks. Waits until what was announced has left the outboxes.
 */
export async function dumpOf(adminUrl: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await eventually(async () => {
      const { rowCount } = await client.query(
        serviceNames.map((service) => `select from ${service}.outbox`).join(' union all '),
      );
      if (rowCount !== 0) throw new Error(`${rowCount} events in outboxes`);
    });
    const { rows: tables } = await client.query<{ name: string }>(`
      select quote_ident(nspname) || '.' || quote_ident(relname) as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relkind = 'r' and nspname in ('auth', 'directory', 'permissions', 'dashboard', 'messaging') order by 1`);
    const dump = new Map<string, readonly string[]>();
    for (const { name } of tables) {
      const { rows } = await client.query<{ line: string }>(
        `select (to_jsonb(t) - array['last_seen_at', 'last_used_at'])::text as line from ${name} as t order by 1`,
      );
      dump.set(
        name,
        rows.map(({ line }) => line),
      );
    }
    return dump;
  } finally {
    await client.end();
  }
}
