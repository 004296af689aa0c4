import { createHash } from 'node:crypto';

/** The id of an account by its number: a digest in the form of a random UUID (RFC 9562 section 5.4). */
export const accountIdOf = (number: number): string =>
  createHash('md5')
    .update(`account ${number}`)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');

/** The same in SQL, of a number `n`. */
export const accountIdInSql = `overlay(overlay(md5('account ' || n) placing '4' from 13) placing '8' from 17)::uuid`;
