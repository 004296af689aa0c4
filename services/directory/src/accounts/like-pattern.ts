/** A pattern for SQL's `like` that matches whatever contains this text, in which `%` and `_` mean themselves. */
export const containing = (text: string): string => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
