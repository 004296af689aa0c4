import { z } from 'zod';
import { RowFilter } from './row-filter.js';

/** Why an account may see nothing of a table. The code is one of the error catalogue. */
export const DenialReason = z.enum([
  'permissions.table_denied',
  'permissions.table_unknown',
  'permissions.account_deactivated',
  'permissions.attribute_missing',
  'permissions.attribute_mistyped',
  'permissions.rule_unresolvable',
]);
export type DenialReason = z.infer<typeof DenialReason>;

/** The answer for (account, table). */
export const Decision = z.discriminatedUnion('access', [
  z.strictObject({ access: z.literal('unrestricted') }),
  z.strictObject({ access: z.literal('sandboxed'), filter: RowFilter }),
  z.strictObject({
    access: z.literal('denied'),
    reason: DenialReason,
    /** What is missing or does not fit: names only, never values. */
    attributes: z.array(z.string()),
    columns: z.array(z.string()),
  }),
]);
export type Decision = z.infer<typeof Decision>;
