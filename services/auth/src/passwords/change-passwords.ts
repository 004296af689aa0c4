import { Failure, type PasswordLink } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { FailureConcerning } from '../refusals/refused-sign-in.js';
import { hashPassword, type limitComputations, verifyPassword } from '../sessions/password.js';
import { hashSessionToken, mintSessionToken } from '../sessions/session-token.js';
import { decidePasswordFaults } from './decide-password-faults.js';
import { describePasswordLink, linkSeconds } from './password-link.js';
import type { PasswordStore } from './password-store.js';

interface Dependencies {
  readonly passwords: PasswordStore;
  readonly limited: ReturnType<typeof limitComputations>;
  readonly siteUrl: string;
}

export interface PasswordReset {
  readonly token: string;
  readonly password: string;
  /** Where it comes from. */
  readonly source: string;
  readonly traceparent: string;
}

export interface PasswordChange {
  /** Whose own it is. */
  readonly by: Author & { readonly actorId: string };
  readonly currentPassword: string;
  readonly newPassword: string;
  /** The session that stays. */
  readonly session: string;
  /** Where it comes from. */
  readonly source: string;
}

/** Sets passwords: by a link that an administrator has made, and by whoever knows the one there is. */
export function createPasswordChanger({ passwords, limited, siteUrl }: Dependencies) {
  const hashed = (password: string, email: string): Promise<string> => {
    const faults = decidePasswordFaults(password, email);
    if (faults.length > 0)
      throw new Failure('auth.password_weak', { details: { faults: faults.map((fault) => `password: ${fault}`) } });
    return limited(() => hashPassword(password));
  };

  /** Throws `auth.account_not_found`, and `auth.account_without_password` for somebody who came by single sign-on, and for an API key. */
  async function createLink(accountId: string, by: Author): Promise<PasswordLink> {
    const token = mintSessionToken();
    const tokenHash = hashSessionToken(token);
    const expiresAt = await passwords.keepReset({ accountId, tokenHash, seconds: linkSeconds }, by);
    if (expiresAt === undefined) throw new Failure('auth.account_not_found');
    if (expiresAt === null) throw new Failure('auth.account_without_password');
    return describePasswordLink(siteUrl, token, expiresAt);
  }

  /** Throws `auth.password_reset_invalid`, `auth.password_weak`, after which the link is still good, and `auth.password_busy`. */
  async function reset({ token, password, traceparent }: PasswordReset): Promise<void> {
    const tokenHash = hashSessionToken(token);
    const email = await passwords.findReset(tokenHash);
    if (email === undefined) throw new Failure('auth.password_reset_invalid');
    const passwordHash = await hashed(password, email);
    if (!(await passwords.useReset({ tokenHash, passwordHash }, traceparent)))
      throw new Failure('auth.password_reset_invalid');
  }

  /** Throws `auth.account_without_password`, `auth.current_password_wrong`, `auth.password_weak`, `auth.password_busy`. */
  async function change({ by, currentPassword, newPassword, session }: PasswordChange): Promise<void> {
    const accountId = by.actorId;
    const account = await passwords.find(accountId);
    const currentHash = account?.passwordHash;
    if (!account || !currentHash) throw new Failure('auth.account_without_password');
    const wrong = new FailureConcerning(new Failure('auth.current_password_wrong'), { accountId });
    if (!(await limited(() => verifyPassword(currentHash, currentPassword)))) throw wrong;
    const newHash = await hashed(newPassword, account.email);
    const sessionHash = hashSessionToken(session);
    if (!(await passwords.change({ accountId, currentHash, newHash, sessionHash }, by))) throw wrong;
  }

  return { createLink, reset, change };
}

export type PasswordChanger = ReturnType<typeof createPasswordChanger>;
