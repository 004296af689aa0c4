import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RowFilter } from '@sandgate/contracts';
import { filterToSql } from '@sandgate/dashboard';
import { type AttributeValues, compileRowFilter } from '@sandgate/permissions';
import fc from 'fast-check';
import pg from 'pg';
import {
  type AttributeRecord,
  arbitraryAttributes,
  arbitraryRows,
  arbitraryRule,
  operatorsOf,
  type Rows,
  samples,
  tables,
} from '../../support/arbitrary-rules.js';
import { isShown, type PlainRow } from '../../support/interpret-filter.js';
import { emptyDatabase, type TestDatabase } from '../../support/postgres.js';

const byId = new Map(tables.map((table) => [table.id, table]));
const sqlTypes = {
  integer: 'bigint',
  decimal: 'numeric',
  float: 'float8',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  uuid: 'uuid',
  other: 'jsonb',
} as const;
const keys = { item: '("id")', owner: '("id")', region: '("country", "code")' };
type TableName = keyof typeof keys;

let database: TestDatabase;
let client: pg.Client;

const quoted = (name: string): string => pg.escapeIdentifier(name);
const placeOf = ({ schema, name }: { schema: string; name: string }): string => `${quoted(schema)}.${quoted(name)}`;

beforeAll(async () => {
  database = await emptyDatabase();
  client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  await client.query('create schema "other schema"');
  for (const table of tables.toReversed()) {
    const columns = table.columns.map(({ name, type }) => `${quoted(name)} ${sqlTypes[type]}`);
    const foreignKeys = table.foreignKeys.map(({ columns: from, referencedTableId, referencedColumns: to }) => {
      const referenced = byId.get(referencedTableId) as (typeof tables)[number];
      return `foreign key (${from.map(quoted).join()}) references ${placeOf(referenced)} (${to.map(quoted).join()})`;
    });
    const key = `unique ${keys[table.name as TableName]}`;
    await client.query(`create table ${placeOf(table)} (${[...columns, key, ...foreignKeys].join(', ')})`);
  }
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function store(rows: Rows): Promise<void> {
  await client.query(`truncate ${tables.map(placeOf).join(', ')}`);
  for (const table of tables.toReversed())
    await client.query(
      `insert into ${placeOf(table)} select * from jsonb_populate_recordset(null::${placeOf(table)}, $1::jsonb)`,
      [JSON.stringify(rows[table.name as TableName])],
    );
}

async function shownBySql(filter: RowFilter): Promise<string[]> {
  const parameters: unknown[] = [];
  const condition = filterToSql(filter, 't', parameters);
  const { rows } = await client.query({
    text: `select t.id::text from public.item as t where ${condition} order by t.id`,
    values: parameters,
    rowMode: 'array',
  });
  return rows.map(([id]) => id);
}

const shownByInterpreter = (filter: RowFilter, rows: Rows): string[] => {
  const rowsOf = (tableId: number): readonly PlainRow[] => rows[byId.get(tableId)?.name as TableName];
  return rows.item.filter((row) => isShown(filter, row, rowsOf)).map(({ id }) => String(id));
};

const asAttributes = (record: AttributeRecord): AttributeValues =>
  new Map(Object.entries(record).map(([name, value]) => [name, { value, source: 'token' }]));

const scope = (record: AttributeRecord) => ({ table: tables[0], tables: byId, attributes: asAttributes(record) });

/** Each form of filter that is somewhere in it, with the type of the column. */
const formsOf = (filter: RowFilter): string[] => {
  if ('column' in filter) return [filter.op === 'is null' ? 'is null' : `${filter.op} ${filter.column.type}`];
  const name = filter.op === 'through' ? `through ${filter.columns.length}` : filter.op;
  return [name, ...[filter.of].flat().flatMap(formsOf)];
};

describe('a rule means the same in SQL as in the interpreter', () => {
  test('for generated rules of every form on generated rows', async () => {
    const seen = new Set<string>();
    let compared = 0;
    let partly = 0;
    const rules = fc.array(arbitraryRule(), { minLength: 25, maxLength: 25 });

    await fc.assert(
      fc.asyncProperty(arbitraryRows, arbitraryAttributes, rules, async (rows, attributes, generated) => {
        await store(rows);
        for (const rule of generated) {
          const outcome = compileRowFilter(rule, scope(attributes));
          if (!('filter' in outcome)) continue;
          const shown = shownByInterpreter(outcome.filter, rows);
          expect({ rule, attributes, shown: await shownBySql(outcome.filter) }).toEqual({ rule, attributes, shown });
          compared += 1;
          if (shown.length > 0 && shown.length < rows.item.length) partly += 1;
          for (const form of formsOf(outcome.filter)) seen.add(form);
        }
      }),
      { numRuns: 80 },
    );

    const comparisons = Object.keys(samples).flatMap((type) =>
      operatorsOf(type as keyof typeof samples).map((operator) => `${operator} ${type}`),
    );
    expect([...seen]).toEqual(
      expect.arrayContaining([...comparisons, 'is null', 'and', 'or', 'not', 'through 1', 'through 2']),
    );
    // Rules that show all rows or none would agree too easily.
    expect(compared).toBeGreaterThan(800);
    expect(partly / compared).toBeGreaterThan(0.15);
  });

  test('for every operator, type and pair of sample values, plain and negated, NULL among them', async () => {
    const empty = { owner: [], region: [] };
    const blank = Object.fromEntries(tables[0].columns.map(({ name }) => [name, null]));
    for (const type of Object.keys(samples) as (keyof typeof samples)[]) {
      const values = [...samples[type], null];
      const rows = {
        ...empty,
        item: values.map((value, index) => ({ ...blank, id: String(index + 1), [`a_${type}`]: value })),
      };
      await store(rows);
      for (const operator of operatorsOf(type))
        for (const constant of samples[type]) {
          if (operator === 'prefix' && constant === '') continue;
          const rule = { column: `a_${type}`, operator, value: { constant } };
          for (const form of [rule, { not: rule }]) {
            const outcome = compileRowFilter(form, scope({}));
            if (!('filter' in outcome)) throw new Error(`${JSON.stringify(form)} does not compile`);
            const shown = shownByInterpreter(outcome.filter, rows);
            expect({ form, shown: await shownBySql(outcome.filter) }).toEqual({ form, shown });
          }
        }
    }
  });
});
