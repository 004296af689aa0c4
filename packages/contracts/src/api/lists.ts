import { z } from 'zod';

/** Integers arrive as digits in a query string. `Number` alone would take `""`, `1e3` and `0x10`. */
export const digits = (limits: { min: number; max: number; default?: number }) => {
  const parsed = z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(limits.min).max(limits.max))
    .meta({ type: 'integer', minimum: limits.min, maximum: limits.max });
  return parsed;
};

const maxPage = 2000;

/** Every list takes these and answers `{data, total}`. */
export const Page = {
  limit: digits({ min: 1, max: maxPage }).default(100),
  offset: digits({ min: 0, max: 100_000_000 }).default(0),
};

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ data: z.array(item), total: z.int().nonnegative() });
