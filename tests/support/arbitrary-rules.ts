import type {
  AttributeValue,
  CatalogueTable,
  ColumnType,
  ComparisonOperator,
  Operand,
  RowRule,
} from '@sandgate/contracts';
import fc from 'fast-check';
import type { PlainRow } from './interpret-filter.js';

type Comparable = Exclude<ColumnType, 'other'>;

/**
 * What values of a type there are in generated rows and rules: few, so that they meet, and awkward ones among them. Canonical text,
 * in which the interpreter compares them.
 */
export const samples: Readonly<Record<Comparable, readonly string[]>> = {
  integer: ['-3', '0', '1', '2', '28', '9007199254740993', '999999999999999999'],
  decimal: ['-2.5', '0', '0.1', '1', '1.5', '28', '12345678901234567890.5'],
  float: ['-2.5', '0', '0.1', '1.5', '100000', '0.30000000000000004'],
  text: ['', 'a', 'ab', 'A', 'b', 'ä', 'a%', 'a_', '%', '\\', "'", "'; drop table item --", '\u{1F41F}', ' a'],
  boolean: ['true', 'false'],
  date: ['0001-01-01', '2024-02-28', '2024-02-29', '2024-03-01', '9999-12-31'],
  timestamp: ['2024-02-29T00:00:00', '2024-02-29T12:30:00', '2024-02-29T12:30:00.000001', '2024-02-29T12:30:00.5'],
  timestamptz: [
    '2024-02-29T00:00:00Z',
    '2024-02-29T12:30:00Z',
    '2024-02-29T12:30:00.000001Z',
    '2024-02-29T12:30:00.5Z',
  ],
  uuid: ['6f9619ff-8b86-4011-b42d-00c04fc964ff', '00000000-0000-0000-0000-000000000000'],
};

const types = Object.keys(samples) as Comparable[];

/** One column of each type and one that cannot be compared; `item` leads to `owner`, which leads to `region` by two columns. */
export const tables: readonly [CatalogueTable, CatalogueTable, CatalogueTable] = [
  {
    id: 1,
    schema: 'public',
    name: 'item',
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'owner', type: 'integer' },
      ...types.map((type) => ({ name: `a_${type}`, type })),
      { name: 'a_document', type: 'other' },
    ],
    foreignKeys: [{ columns: ['owner'], referencedTableId: 2, referencedColumns: ['id'] }],
  },
  {
    id: 2,
    schema: 'public',
    name: 'owner',
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'country', type: 'text' },
      { name: 'code', type: 'integer' },
      { name: 'Odd "name"', type: 'text' },
      { name: 'a_decimal', type: 'decimal' },
    ],
    foreignKeys: [{ columns: ['country', 'code'], referencedTableId: 3, referencedColumns: ['country', 'code'] }],
  },
  {
    id: 3,
    schema: 'other schema',
    name: 'region',
    columns: [
      { name: 'country', type: 'text' },
      { name: 'code', type: 'integer' },
      { name: 'a_date', type: 'date' },
      { name: 'a_boolean', type: 'boolean' },
    ],
    foreignKeys: [],
  },
];

export interface Rows {
  readonly item: readonly PlainRow[];
  readonly owner: readonly PlainRow[];
  readonly region: readonly PlainRow[];
}

const orNull = (values: fc.Arbitrary<string>): fc.Arbitrary<string | null> => fc.option(values, { freq: 4, nil: null });
const sample = (type: Comparable): fc.Arbitrary<string> => fc.constantFrom(...samples[type]);

const regions = ['de', 'fr'].flatMap((country) => ['1', '2'].map((code) => ({ country, code })));

/** Rows with NULLs everywhere, and with references to rows that are not there because a part of them is NULL. */
export const arbitraryRows: fc.Arbitrary<Rows> = fc.subarray(regions).chain((present) =>
  fc.record({
    region: fc.tuple(
      ...present.map((key) =>
        fc
          .record({ a_date: orNull(sample('date')), a_boolean: orNull(sample('boolean')) })
          .map((rest) => ({ ...key, ...rest })),
      ),
    ),
    owner: fc.tuple(
      ...['1', '2', '3'].map((id) =>
        fc
          .record({
            key: fc.constantFrom(
              { country: 'de', code: null },
              { country: null, code: '1' },
              { country: null, code: null },
              ...present,
            ),
            'Odd "name"': orNull(sample('text')),
            a_decimal: orNull(sample('decimal')),
          })
          .map(({ key, ...rest }) => ({ id, ...key, ...rest })),
      ),
    ),
    item: fc
      .array(
        fc.record({
          owner: orNull(fc.constantFrom('1', '2', '3')),
          ...Object.fromEntries(types.map((type) => [`a_${type}`, orNull(sample(type))])),
          a_document: orNull(fc.constant('{}')),
        }),
        { minLength: 8, maxLength: 16 },
      )
      .map((items) => items.map((item, index) => ({ id: String(index + 1), ...item }) as PlainRow)),
  }),
);

/** The JSON values that hosts send for a sample. */
const spellings = (type: Comparable, text: string): (string | number | boolean)[] => {
  if (type === 'boolean') return [text, text === 'true'];
  const isExact = ['integer', 'decimal', 'float'].includes(type) && String(Number(text)) === text;
  return isExact ? [text, Number(text)] : [text];
};

const spelled = (type: Comparable): fc.Arbitrary<string | number | boolean> =>
  sample(type).chain((text) => fc.constantFrom(...spellings(type, text)));

export type AttributeRecord = Readonly<Record<string, AttributeValue>>;

/** One attribute and one list of each type; now and then one is missing, empty, or of another type. */
export const arbitraryAttributes: fc.Arbitrary<AttributeRecord> = fc
  .record(
    Object.fromEntries(
      types.flatMap((type): [string, fc.Arbitrary<AttributeValue | undefined>][] => [
        [`one_${type}`, mostly(spelled(type))],
        [`some_${type}`, mostly(fc.array(spelled(type), { minLength: 1, maxLength: 3 }))],
      ]),
    ),
  )
  .map((record) =>
    Object.fromEntries(
      Object.entries(record).filter((entry): entry is [string, AttributeValue] => entry[1] !== undefined),
    ),
  );

function mostly(values: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeValue | undefined> {
  const odd = fc.constantFrom<AttributeValue | undefined>(undefined, '', [], '28abc', 28.5, true, ['x', 1]);
  return fc.oneof({ weight: 30, arbitrary: values }, { weight: 1, arbitrary: odd });
}

const ordered: readonly ColumnType[] = ['integer', 'decimal', 'float', 'date', 'timestamp', 'timestamptz'];

export const operatorsOf = (type: Comparable): ComparisonOperator[] => [
  '=',
  'in',
  ...(ordered.includes(type) ? (['<', '<=', '>', '>='] as const) : []),
  ...(type === 'text' ? (['prefix'] as const) : []),
];

const takesList = (operator: ComparisonOperator): boolean => operator === '=' || operator === 'in';

function operand(type: Comparable, operator: ComparisonOperator): fc.Arbitrary<Operand> {
  const single = fc.oneof(
    fc.constant({ attribute: `one_${type}` }),
    spelled(type)
      .filter((constant) => operator !== 'prefix' || constant !== '')
      .map((constant) => ({ constant })),
  );
  const list = fc.oneof(
    fc.constant({ attribute: `some_${type}` }),
    fc.array(spelled(type), { minLength: 1, maxLength: 3 }).map((constant) => ({ constant })),
  );
  return takesList(operator) ? fc.oneof(single, list) : single;
}

function leaf(table: CatalogueTable): fc.Arbitrary<RowRule> {
  const isNull = fc.constantFrom(...table.columns).map(({ name }): RowRule => ({ column: name, operator: 'is null' }));
  const comparable = table.columns.filter(({ type }) => type !== 'other');
  const comparison = fc
    .constantFrom(...comparable)
    .chain(({ name, type }) =>
      fc
        .constantFrom(...operatorsOf(type as Comparable))
        .chain((operator) =>
          operand(type as Comparable, operator).map((value): RowRule => ({ column: name, operator, value })),
        ),
    );
  return fc.oneof({ weight: 1, arbitrary: isNull }, { weight: 6, arbitrary: comparison });
}

/** Rules about a table, of every form that can be saved, at most so deep. */
export function arbitraryRule(table: CatalogueTable = tables[0], depth = 4): fc.Arbitrary<RowRule> {
  if (depth === 0) return leaf(table);
  const deeper = arbitraryRule(table, depth - 1);
  const parts = fc.array(deeper, { minLength: 1, maxLength: 3 });
  const forms: fc.WeightedArbitrary<RowRule>[] = [
    { weight: 3, arbitrary: leaf(table) },
    { weight: 2, arbitrary: parts.map((and): RowRule => ({ and })) },
    { weight: 2, arbitrary: parts.map((or): RowRule => ({ or })) },
    { weight: 2, arbitrary: deeper.map((not): RowRule => ({ not })) },
  ];
  for (const { columns, referencedTableId } of table.foreignKeys) {
    const referenced = tables.find(({ id }) => id === referencedTableId) as CatalogueTable;
    const through = { columns: [...columns].reverse(), tableId: referencedTableId };
    forms.push({
      weight: 2,
      arbitrary: arbitraryRule(referenced, depth - 1).map((rule): RowRule => ({ through, rule })),
    });
  }
  return fc.oneof(...forms);
}
