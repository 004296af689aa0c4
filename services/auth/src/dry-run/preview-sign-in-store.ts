import { type ErrorCode, UserLoggedIn } from '@sandgate/contracts';
import { rolledBack } from '@sandgate/messaging';
import type { z } from 'zod';
import { userLoggedInData } from '../accounts/user-logged-in-store.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import { againAfterRace, type NewSignIn, storeSignIns } from '../sign-in/sign-in-store.js';

export interface PreviewedSignIn {
  /** What would be announced of the account. */
  readonly claims: z.infer<typeof UserLoggedIn.data>;
  /** The sign-in would make the account. */
  readonly isNew: boolean;
  /** Nothing would be announced, for the token was used a moment ago. */
  readonly isRepeat: boolean;
  /** The `iat` of the claims that the account would have of this provider. */
  readonly issuedAt: number | undefined;
}

export type PreviewSignIn = (signIn: NewSignIn) => Promise<PreviewedSignIn | { readonly refusal: ErrorCode | 'stale' }>;

/**
 * Runs a sign-in by the statement that stores sign-ins, reads what has come of it, and rolls it back. The token is not used up, its session
 * never was; a sign-in with the same token or of the same account waits for that moment.
 */
export const createPreviewSignIn =
  (database: PrismaClient): PreviewSignIn =>
  async (signIn) => {
    const found = await againAfterRace(() => rolledBack(database, (tx) => signInAndRead(tx, signIn)));
    if ('refusal' in found) return found;
    const existing = await database.$queryRaw<
      unknown[]
    >`select from account where id = ${found.claims.accountId}::uuid`;
    return { ...found, isNew: existing.length === 0 };
  };

type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

async function signInAndRead(
  tx: Transaction,
  signIn: NewSignIn,
): Promise<Omit<PreviewedSignIn, 'isNew'> | { readonly refusal: ErrorCode | 'stale' }> {
  const { outcomes } = await storeSignIns(tx, [signIn], 1);
  const [outcome = { refusal: 'stale' }] = outcomes;
  if ('refusal' in outcome) return outcome;
  const rows = await tx.$queryRaw<{ claims: unknown; iat: number | null; is_repeat: boolean }[]>`
    select ${userLoggedInData} as claims, (a.claims -> ${signIn.provider} ->> 'iat')::float8 as iat,
      exists (select from used_token where key = decode(${signIn.verified.token.key}, 'hex') and uses > 1) as is_repeat
    from account a where a.id = ${outcome.accountId}::uuid`;
  const [row] = rows;
  if (!row) throw new Error('the account is gone within the transaction that signed it in');
  return { claims: UserLoggedIn.data.parse(row.claims), issuedAt: row.iat ?? undefined, isRepeat: row.is_repeat };
}
