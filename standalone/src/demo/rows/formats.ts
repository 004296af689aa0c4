/** The rows are made with days counted from 1 January 1970; these are the forms that PostgreSQL reads. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** `2026-03-31` */
export const date = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** `2026-03-31T14:05:00.000Z` */
export const timestamp = (day: number, secondOfDay: number): string =>
  new Date((day * 86_400 + secondOfDay) * 1000).toISOString();

/** Cents as PostgreSQL's `numeric` reads them: `1250` is `12.50`. */
export const money = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
