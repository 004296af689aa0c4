import { types } from 'pg';

type Format = (text: string) => unknown;

/** JSON has no number beyond 2^53 that every reader takes exactly; digits in a string are exact. */
export const formatInteger: Format = (text) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
};

/** JSON has no NaN and no infinity. */
const formatFloat: Format = (text) => {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
};

const formatBoolean: Format = (text) => text === 't';

/** `2026-01-31 09:30:00` as ISO 8601; infinity and years before Christ stay as PostgreSQL writes them. */
const formatTimestamp: Format = (text) => text.replace(/^(\d+-\d\d-\d\d) (\S+)$/, '$1T$2');
const formatTimestamptz: Format = (text) => text.replace(/^(\d+-\d\d-\d\d) (\S+)\+00$/, '$1T$2Z');

const asPrinted: Format = (text) => text;

const { INT2, INT4, INT8, FLOAT4, FLOAT8, BOOL, TIMESTAMP, TIMESTAMPTZ } = types.builtins;

const formats: ReadonlyMap<number, Format> = new Map([
  [INT2, formatInteger],
  [INT4, formatInteger],
  [INT8, formatInteger],
  [FLOAT4, formatFloat],
  [FLOAT8, formatFloat],
  [BOOL, formatBoolean],
  [TIMESTAMP, formatTimestamp],
  [TIMESTAMPTZ, formatTimestamptz],
]);

/** How values become JSON: see the README of this service. Everything that is not listed is text as PostgreSQL prints it, decimals too. */
export const formatCells = { getTypeParser: (oid: number) => formats.get(oid) ?? asPrinted } as typeof types;
