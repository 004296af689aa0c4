import { Failure } from '@sandgate/contracts';
import type { Outbox } from '@sandgate/messaging';
import type { AccountStore } from '../accounts/account-store.js';
import { FailureConcerning } from '../refusals/refused-sign-in.js';
import { canonicalEmail } from '../sign-in/canonical-email.js';
import { hashPassword, type limitComputations, verifyPassword } from './password.js';
import type { SessionStore } from './session-store.js';
import { hashPreviousSession, hashSessionToken, mintSessionToken } from './session-token.js';

export interface PasswordSignIn {
  readonly username: string;
  readonly password: string;
  readonly previousSession: string | undefined;
  /** Where it comes from. */
  readonly source: string;
  readonly traceparent: string;
}

interface Dependencies {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly outbox: Outbox;
  readonly limited: ReturnType<typeof limitComputations>;
}

/**
 * Signs in with a password and answers the session token. Throws `auth.password_sign_in_disabled`, `auth.password_busy`, and `auth.password_wrong` for whatever else is
 * wrong: an unknown account, one without a password, a deactivated one all answer the same and take as long.
 */
export function signInWithPassword({
  accounts,
  sessions,
  outbox,
  limited,
}: Dependencies): (request: PasswordSignIn) => Promise<string> {
  // Verified against where there is no account, so that it takes as long.
  const decoy = hashPassword(mintSessionToken());
  return async ({ username, password, previousSession, traceparent }) => {
    const email = canonicalEmail(username);
    const { takesPasswords, account } = await accounts.findWithPassword(email);
    if (!takesPasswords) throw new Failure('auth.password_sign_in_disabled');
    const isRight = await limited(async () => verifyPassword(account?.passwordHash ?? (await decoy), password));
    if (!account || !isRight) throw wrong(account?.accountId);
    const token = mintSessionToken();
    const previousSessionHash = hashPreviousSession(previousSession);
    const isOpen = await sessions.open({
      ...account,
      sessionHash: hashSessionToken(token),
      previousSessionHash,
      traceparent,
    });
    if (!isOpen) throw wrong(account.accountId);
    outbox.wake();
    return token;
  };
}

/** The same for whoever is told; records say whose password it was to be. */
const wrong = (accountId: string | undefined): Failure =>
  new FailureConcerning(new Failure('auth.password_wrong'), { accountId });
