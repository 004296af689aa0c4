import { z } from 'zod';
import { StorableText } from './attribute.js';

/**
 * Kinds of column that rules and queries tell apart. `other` can be shown but not compared: a type whose equality is not
 * that of its value (blank-padded or case-insensitive text, JSON, arrays) would make a rule mean something else in SQL.
 */
export const ColumnType = z.enum([
  'integer',
  'decimal',
  'float',
  'text',
  'boolean',
  'date',
  'timestamp',
  'timestamptz',
  'uuid',
  'other',
]);
export type ColumnType = z.infer<typeof ColumnType>;

export const ColumnName = StorableText.min(1).max(63);

export const Column = z.strictObject({ name: ColumnName, type: ColumnType });
export type Column = z.infer<typeof Column>;
