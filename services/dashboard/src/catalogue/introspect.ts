import type { Column } from '@sandgate/contracts';
import type { DataSource } from '../sources/data-source.js';
import { columnTypeOf, type PostgresType } from './column-type-of.js';

/** A table as PostgreSQL describes it, before it has an id. */
export interface FoundTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly FoundForeignKey[];
}

export interface FoundForeignKey {
  readonly columns: readonly string[];
  readonly referenced: { readonly schema: string; readonly name: string };
  readonly referencedColumns: readonly string[];
}

interface FoundRow extends Omit<FoundTable, 'columns'> {
  readonly columns: readonly (PostgresType & { readonly column: string })[];
}

/**
 * Every table that the reader may select from, with the columns that it may select, in the order of schema and name. Left out are
 * PostgreSQL's own schemas, what belongs to an extension, and partitions, whose rows their table shows.
 * A foreign key is named only where it leads to one row at most: not to a table that others inherit from.
 */
export async function introspect(source: DataSource): Promise<FoundTable[]> {
  const [row] = await source.query({ text: introspection, values: [] });
  const found = JSON.parse(String(row?.[0])) as FoundRow[];
  return found.map(({ columns, ...table }) => ({
    ...table,
    columns: columns.map((type) => ({ name: type.column, type: columnTypeOf(type) })),
  }));
}

// One statement is one snapshot: a table that changes meanwhile is seen whole, before or after.
const introspection = `
with recursive
underlying (type, base) as (
  select oid, oid from pg_type where typtype <> 'd'
  union all
  select pg_type.oid, base from pg_type join underlying on typbasetype = type where typtype = 'd'
),
shown as (
  select pg_class.oid, nspname, relname, relkind = 'r' and relhassubclass as is_inherited
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'v', 'm', 'p') and not relispartition
    and nspname <> 'information_schema' and nspname !~ '^pg_'
    and has_schema_privilege(pg_namespace.oid, 'usage')
    and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
),
attribute as (
  select attrelid, attnum, attname, pg_type.typname, pg_type.typnamespace = 'pg_catalog'::regnamespace as built_in, collisdeterministic
  from pg_attribute
  join shown on attrelid = shown.oid
  join underlying on underlying.type = atttypid
  join pg_type on pg_type.oid = underlying.base
  left join pg_collation on pg_collation.oid = attcollation
  where attnum > 0 and not attisdropped and has_column_privilege(attrelid, attnum, 'select')
),
column_list as (
  select attrelid, json_agg(json_build_object(
    'column', attname, 'name', typname, 'builtIn', built_in, 'deterministic', collisdeterministic) order by attnum) as columns
  from attribute group by attrelid
),
primary_key as (
  select indrelid, json_agg(attname order by place) as columns
  from pg_index
  join shown on indrelid = shown.oid
  cross join unnest(indkey[0:indnkeyatts - 1]) with ordinality as key (attnum, place)
  left join attribute on attrelid = indrelid and attribute.attnum = key.attnum
  where indisprimary
  group by indrelid
  having bool_and(attname is not null)
),
foreign_key as (
  select conrelid, conname, json_build_object(
    'columns', json_agg(own.attname order by place),
    'referenced', json_build_object('schema', nspname, 'name', relname),
    'referencedColumns', json_agg(other.attname order by place)) as key
  from pg_constraint
  join shown on shown.oid = confrelid and not is_inherited
  cross join unnest(conkey, confkey) with ordinality as pair (own_number, other_number, place)
  left join attribute as own on own.attrelid = conrelid and own.attnum = own_number
  left join attribute as other on other.attrelid = confrelid and other.attnum = other_number
  where contype = 'f'
  group by conrelid, conname, nspname, relname
  having bool_and(own.attname is not null and other.attname is not null)
),
key_list as (
  select conrelid, json_agg(key order by conname) as keys from foreign_key group by conrelid
)
select coalesce(json_agg(json_build_object(
  'schema', nspname, 'name', relname, 'columns', column_list.columns,
  'primaryKey', coalesce(primary_key.columns, '[]'),
  'foreignKeys', coalesce(keys, '[]')) order by nspname, relname), '[]')
from shown
join column_list on attrelid = shown.oid
left join primary_key on indrelid = shown.oid
left join key_list on conrelid = shown.oid`;
