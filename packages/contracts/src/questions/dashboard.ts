import { z } from 'zod';
import { TableId } from '../catalogue.js';
import { Decision } from '../decision.js';
import { defineQuestion } from './define-question.js';

/** How many rows of a table somebody may see. Unknown where counting takes too long, or the database does not answer. */
export const VisibleCount = z.union([
  z.strictObject({ exactly: z.int().nonnegative() }),
  z.strictObject({ moreThan: z.int().positive() }),
  z.strictObject({ unknown: z.literal(true) }),
]);
export type VisibleCount = z.infer<typeof VisibleCount>;

/** Counts the rows that decisions allow, through the very filters by which rows are read. What is not counted in time is unknown. */
export const countVisible = defineQuestion({
  name: 'dashboard.count-visible',
  answeredBy: 'dashboard',
  isIdempotent: true,
  input: z.strictObject({
    tables: z.array(z.strictObject({ tableId: TableId, decision: Decision })).max(2000),
    withinSeconds: z.number().positive().max(10),
  }),
  output: z.strictObject({ counts: z.array(z.strictObject({ tableId: TableId, rows: VisibleCount })) }),
  patienceSeconds: 15,
});
