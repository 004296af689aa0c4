import type { DataSource } from './data-source.js';
import { type Reader, readerFaults } from './reader-faults.js';

/**
 * Why the role of a data source may not be used, each reason a sentence; empty when it can only read. Row rules are worth nothing to a
 * role that may do more: it could change what they are about, or is exempt from the row security that the database has of its own.
 */
export async function checkReader(source: DataSource): Promise<string[]> {
  const [row] = await source.query({ text: question, values: [] });
  return readerFaults(JSON.parse(String(row?.[0])) as Reader);
}

// A role can take on every role that it is a member of, so that each of these counts as its own.
const question = `
with
role as (
  select oid, rolname, rolsuper, rolbypassrls from pg_roles where pg_has_role(current_user, oid, 'member')
),
relation as (
  select pg_class.oid, relowner, nspname || '.' || relname as name
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'p', 'v', 'm', 'f') and nspname <> 'information_schema' and nspname !~ '^pg_'
)
select json_build_object(
  'version', current_setting('server_version_num')::integer,
  'superuser', (select bool_or(rolsuper) from role),
  'bypassesRowSecurity', (select bool_or(rolbypassrls) from role),
  'serverRoles', (
    select coalesce(json_agg(rolname order by rolname), '[]') from role
    where rolname in ('pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
      and not (select bool_or(rolsuper) from role)),
  'owned', (
    select coalesce(json_agg(name order by name), '[]') from relation
    where relowner in (select oid from role) and not (select bool_or(rolsuper) from role)),
  'writable', (
    select coalesce(json_agg(name order by name), '[]') from relation
    where not (select bool_or(rolsuper) from role) and exists (
      select from role where has_table_privilege(role.oid, relation.oid, 'insert, update, delete, truncate')
        or has_any_column_privilege(role.oid, relation.oid, 'insert, update'))),
  'sessionIsSet', current_setting('default_transaction_read_only') = 'on' and current_setting('statement_timeout') <> '0'
    and current_setting('search_path') = 'pg_catalog' and current_setting('timezone') = 'UTC')`;
