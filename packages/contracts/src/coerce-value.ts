import type { AttributeScalar } from './attribute.js';
import type { ColumnType } from './column-type.js';

/**
 * A value as a column of that type holds it, in canonical text, or undefined when it does not fit exactly. Nothing is rounded, trimmed
 * or guessed: `"28abc"`, `" 28 "`, `28.5` and `true` are no integers, and a number is no text.
 */
export function coerceValue(value: AttributeScalar, type: ColumnType): string | undefined {
  if (typeof value === 'boolean') return type === 'boolean' ? String(value) : undefined;
  // Whatever else a store may hold one day must not become text by accident.
  return typeof value === 'string' || typeof value === 'number' ? readers[type](value) : undefined;
}

type Reader = (value: string | number) => string | undefined;

const readers: Readonly<Record<ColumnType, Reader>> = {
  integer: toInteger,
  decimal: toDecimal,
  float: toFloat,
  text: (value) => (typeof value === 'string' ? value : undefined),
  boolean: (value) => (value === 'true' || value === 'false' ? value : undefined),
  date: (value) => readMoment(value, 'date'),
  timestamp: (value) => readMoment(value, 'timestamp'),
  timestamptz: (value) => readMoment(value, 'timestamptz'),
  uuid: (value) => (typeof value === 'string' && uuid.test(value) ? value.toLowerCase() : undefined),
  other: () => undefined,
};

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Eighteen digits always fit a bigint; a number that JSON may have rounded on its way is refused. */
function toInteger(value: string | number): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value).toString() : undefined;
  return /^-?\d{1,18}$/.test(value) ? BigInt(value).toString() : undefined;
}

const plainDecimal = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;

function toDecimal(value: string | number): string | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return toInteger(value);
  const parts = plainDecimal.exec(String(value));
  if (!parts) return undefined;
  const [, sign = '', whole = '', fraction = ''] = parts;
  const digits = whole.replace(/^0+(?=\d)/, '');
  const end = fraction.replace(/0+$/, '');
  const size = end === '' ? digits : `${digits}.${end}`;
  return size === '0' ? size : `${sign}${size}`;
}

function toFloat(value: string | number): string | undefined {
  if (typeof value === 'string' && !plainDecimal.test(value)) return undefined;
  const number = Number(value);
  // Also -0, which equals 0 and would be written differently.
  return Number.isFinite(number) ? String(number + 0) : undefined;
}

type MomentType = 'date' | 'timestamp' | 'timestamptz';

/** ISO 8601, extended form: a date alone, a date with a time, or both with an offset; each type takes its own form only. */
const forms: Readonly<Record<MomentType, RegExp>> = {
  date: /^(\d{4})-(\d\d)-(\d\d)$/,
  timestamp: /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/,
  timestamptz: /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)$/,
};

function readMoment(value: string | number, type: MomentType): string | undefined {
  const parts = typeof value === 'string' ? forms[type].exec(value) : null;
  if (!parts) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', offset = 'Z'] =
    parts;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const local = Date.parse(written);
  const shift = offsetMinutes(offset);
  // A day that does not exist is moved to one that does, so that it is written differently. There is no year 0 in PostgreSQL.
  if (Number.isNaN(local) || shift === undefined || new Date(local).toISOString() !== written) return undefined;
  const universal = new Date(local - shift * 60_000).toISOString();
  if (!/^(?!0000)\d{4}-/.test(universal)) return undefined;
  if (type === 'date') return universal.slice(0, 10);
  const micros = fraction.replace(/0+$/, '');
  return `${universal.slice(0, 19)}${micros && `.${micros}`}${type === 'timestamptz' ? 'Z' : ''}`;
}

function offsetMinutes(offset: string): number | undefined {
  if (offset === 'Z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4));
  if (hours > 14 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
