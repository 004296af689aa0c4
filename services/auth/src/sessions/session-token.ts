import { createHash, randomBytes } from 'node:crypto';

/** What a client holds: 256 random bits. */
export const mintSessionToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256 in hex: all that is stored. The token is random, so that its hash needs no salt. */
export const hashSessionToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** The same of the session that a browser had, if it had one. */
export const hashPreviousSession = (token: string | undefined): string | undefined =>
  token === undefined ? undefined : hashSessionToken(token);
