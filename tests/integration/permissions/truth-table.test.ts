import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AttributeValue, CatalogueTable, ColumnType, Decision, RowRule } from '@sandgate/contracts';
import { filterToSql } from '@sandgate/dashboard';
import { type AccessFacts, decideAccess } from '@sandgate/permissions';
import pg from 'pg';
import { parse } from 'yaml';
import { isShown, type PlainRow } from '../../support/interpret-filter.js';
import { emptyDatabase, type TestDatabase } from '../../support/postgres.js';

interface TableOfTruth {
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly foreignKeys: readonly { columns: string[]; references: string; referencedColumns: string[] }[];
  readonly rows: readonly PlainRow[];
}

interface Case {
  readonly name: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** One for each group that sandboxes the first table; null for one without a rule. */
  readonly rules: readonly (RowRule | null)[];
  readonly sees?: readonly number[];
  readonly denied?: { readonly reason: string; readonly attributes?: string[]; readonly columns?: string[] };
}

const file = new URL('../../truth-tables/sandbox-rules.yaml', import.meta.url);
const truth: { tables: Record<string, TableOfTruth>; cases: Case[] } = parse(readFileSync(file, 'utf8'), {
  merge: false,
});
const names = Object.keys(truth.tables);
const idOf = (name: string): number => names.indexOf(name) + 1;

const catalogue = new Map(
  Object.entries(truth.tables).map(([name, { columns, foreignKeys }]): [number, CatalogueTable] => [
    idOf(name),
    {
      id: idOf(name),
      schema: 'public',
      name,
      columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
      foreignKeys: foreignKeys.map(({ references, ...key }) => ({ ...key, referencedTableId: idOf(references) })),
    },
  ]),
);

/** A rule of the file names tables; one in the system has their ids. */
const withIds = (rule: RowRule | null): RowRule | null =>
  JSON.parse(JSON.stringify(rule), (_key, value) => {
    if (typeof value?.table !== 'string') return value;
    const { table, ...through } = value;
    return { ...through, tableId: idOf(table) };
  });

function decide({ attributes, rules }: Case): Decision {
  const groups = rules.map((_, index) => ({
    id: index + 3,
    name: `Group ${index}`,
    kind: 'custom' as const,
    sources: ['manual'],
  }));
  const facts: AccessFacts = {
    groups,
    entries: rules.map((rule, index) => ({
      id: index + 1,
      groupId: index + 3,
      databaseId: 1,
      schemaName: 'public',
      tableId: 1,
      access: 'sandboxed',
      rule: withIds(rule),
    })),
    tables: new Map([...catalogue.values()].map(({ id, schema }) => [id, { id, databaseId: 1, schemaName: schema }])),
    described: catalogue,
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, { value, source: 'token' }])),
  };
  return decideAccess(facts, 1);
}

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  integer: 'integer',
  decimal: 'numeric(10, 2)',
  float: 'float8',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  uuid: 'uuid',
  other: 'jsonb',
};

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await emptyDatabase();
  client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  for (const [name, { columns, rows }] of Object.entries(truth.tables)) {
    await client.query(
      `create table ${name} (${Object.entries(columns)
        .map(([column, type]) => `${column} ${sqlTypes[type]}`)
        .join()})`,
    );
    await client.query(`insert into ${name} select * from jsonb_populate_recordset(null::${name}, $1)`, [
      JSON.stringify(rows),
    ]);
  }
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function seenInSql(decision: Decision): Promise<number[]> {
  if (decision.access !== 'sandboxed') return [];
  const parameters: unknown[] = [];
  const condition = filterToSql(decision.filter, 't', parameters);
  const { rows } = await client.query(`select id from ${names[0]} as t where ${condition} order by id`, parameters);
  return rows.map(({ id }) => id);
}

function seenByInterpreter(decision: Decision): number[] {
  if (decision.access !== 'sandboxed') return [];
  const rowsOf = (tableId: number): readonly PlainRow[] => truth.tables[names[tableId - 1] as string]?.rows ?? [];
  return rowsOf(1)
    .filter((row) => isShown(decision.filter, row, rowsOf))
    .map(({ id }) => Number(id));
}

describe('the truth table of sandboxes, by interpreter and by SQL', () => {
  test.each(truth.cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const decision = decide(one);

    expect(decision).toMatchObject(one.denied ? { access: 'denied', ...one.denied } : { access: 'sandboxed' });
    expect(seenByInterpreter(decision)).toEqual(one.sees ?? []);
    expect(await seenInSql(decision)).toEqual(one.sees ?? []);
  });

  test('has a case for each way to be denied by a rule, and none that says nothing', () => {
    const reasons = new Set(truth.cases.flatMap(({ denied }) => (denied ? [denied.reason] : [])));

    expect([...reasons].sort()).toEqual([
      'permissions.attribute_missing',
      'permissions.attribute_mistyped',
      'permissions.rule_unresolvable',
    ]);
    expect(truth.cases.filter(({ sees, denied }) => (sees === undefined) === (denied === undefined))).toEqual([]);
  });
});
