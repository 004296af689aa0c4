import type { Database } from './database.js';

export const tables = 100;

/** Group `g` has a sandbox on every tenth table, so that ten groups in a row have one on each table. */
export const groupsForAllTables = 10;

const columns = JSON.stringify(
  ['id', 'customer', 'region', 'amount'].map((name) => ({ name, type: name === 'region' ? 'text' : 'integer' })),
);
const rule = JSON.stringify({ column: 'customer', operator: '=', value: { attribute: 'account_id' } });

/** Fills permissions with one hundred tables, that many groups, their mapping and their sandboxes. Group `g` has the id `100 + g`. */
export async function fillPolicy(database: Database, groups: number): Promise<void> {
  await database.query(`
    insert into permissions.catalogue_database (id, name, revision) values (1, 'Bench', 1);
    insert into permissions.catalogue_table (id, database_id, schema_name, name, columns, foreign_keys)
      select n, 1, 'public', 'table_' || n, '${columns}', '[]' from generate_series(1, ${tables}) as n;
    insert into permissions."group" (id, name) select 100 + g, 'Group ' || g from generate_series(0, ${groups - 1}) as g;
    update permissions.group_sync set enabled = true where provider = 'jwt';
    insert into permissions.group_mapping (provider, name, group_id) select 'jwt', 'Claimed-' || g, 100 + g from generate_series(0, ${groups - 1}) as g;
    insert into permissions.data_permission (group_id, database_id, table_id, schema_name, access, rule)
      select 100 + g, 1, n, 'public', 'sandboxed', '${rule}'
      from generate_series(0, ${groups - 1}) as g, generate_series(1, ${tables}) as n where n % 10 = g % 10`);
}
