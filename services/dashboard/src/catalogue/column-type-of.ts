import type { ColumnType } from '@sandgate/contracts';

/** What PostgreSQL says of a column's type, with domains followed down to what they are made of. */
export interface PostgresType {
  readonly name: string;
  /** Whether it is one of PostgreSQL's own; an extension or a person may have made another of the same name. */
  readonly builtIn: boolean;
  /** Whether equal means equal byte by byte; null for a type without collation. */
  readonly deterministic: boolean | null;
}

const kinds: ReadonlyMap<string, ColumnType> = new Map([
  ['int2', 'integer'],
  ['int4', 'integer'],
  ['int8', 'integer'],
  ['numeric', 'decimal'],
  ['float4', 'float'],
  ['float8', 'float'],
  ['text', 'text'],
  ['varchar', 'text'],
  ['bool', 'boolean'],
  ['date', 'date'],
  ['timestamp', 'timestamp'],
  ['timestamptz', 'timestamptz'],
  ['uuid', 'uuid'],
]);

/** `other` for all that compares by something else than its value, such as blank-padded or case-insensitive text, and for all that is unknown. */
export function columnTypeOf({ name, builtIn, deterministic }: PostgresType): ColumnType {
  const kind = builtIn ? (kinds.get(name) ?? 'other') : 'other';
  return kind === 'text' && deterministic !== true ? 'other' : kind;
}
