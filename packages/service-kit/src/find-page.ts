import type { Sql } from '@prisma/client/runtime/client';
import type { SqlClient } from '@sandgate/messaging';

export interface ListPage<Row> {
  readonly data: Row[];
  /** Of the whole list. */
  readonly total: number;
}

export interface PageStatement {
  /** A select of the rows of the page, with its order and limits. */
  readonly page: Sql;
  /** Its order once more, by the names that it gives to its columns. */
  readonly orderBy: Sql;
  /** What follows `from` in the count of all that the page is of. */
  readonly all: Sql;
}

/** A page of a list. One statement, because two may see two states, and tell of a page without rows in a list that has some. */
export async function findPage<Row extends object>(
  database: SqlClient,
  { page, orderBy, all }: PageStatement,
): Promise<ListPage<Row>> {
  const rows = await database.$queryRaw<(Row & { total: number; isRow: true | null })[]>`
    select counted.total, page.*
    from (select count(*)::integer as total from ${all}) as counted
    left join (select true as "isRow", listed.* from (${page}) as listed) as page on true
    order by ${orderBy}`;
  const data = rows.flatMap(({ total: _total, isRow, ...row }) => (isRow ? [row as unknown as Row] : []));
  return { data, total: rows[0]?.total ?? 0 };
}
