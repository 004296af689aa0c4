import { Failure, type PasswordLink } from '@sandgate/contracts';
import type { Author, Outbox } from '@sandgate/messaging';
import { describePasswordLink, linkSeconds } from '../passwords/password-link.js';
import { hashPassword, type limitComputations } from '../sessions/password.js';
import { hashSessionToken, mintSessionToken } from '../sessions/session-token.js';
import { canonicalEmail } from '../sign-in/canonical-email.js';
import type { PasswordAccountStore } from './password-account-store.js';

interface Dependencies {
  readonly accounts: PasswordAccountStore;
  readonly limited: ReturnType<typeof limitComputations>;
  readonly outbox: Outbox;
  readonly siteUrl: string;
}

interface WantedAccount {
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

interface CreatedAccount {
  readonly accountId: string;
  readonly email: string;
  readonly link: PasswordLink;
}

export type CreatePasswordAccount = (wanted: WantedAccount, by: Author) => Promise<CreatedAccount>;

/**
 * Makes an account that signs in with a password, and a link by which the person sets it. Until then it has one that nobody knows, so that it is in
 * every respect an account with a password: no token links to it. Throws `request.invalid` for what is no address, `auth.account_exists`,
 * `auth.domain_of_provider`, `auth.password_sign_in_disabled`, `auth.password_busy`.
 */
export const createPasswordAccount =
  ({ accounts, limited, outbox, siteUrl }: Dependencies): CreatePasswordAccount =>
  async ({ email: address, ...names }, by) => {
    const email = canonicalEmail(address);
    if (email === undefined)
      throw new Failure('request.invalid', { details: { faults: ['email: must be a plain ASCII e-mail address'] } });
    const token = mintSessionToken();
    const created = await accounts.create(
      {
        email,
        ...names,
        passwordHash: await limited(() => hashPassword(mintSessionToken())),
        tokenHash: hashSessionToken(token),
        seconds: linkSeconds,
      },
      by,
    );
    if ('refusal' in created) throw new Failure(created.refusal);
    outbox.wake();
    return { accountId: created.accountId, email, link: describePasswordLink(siteUrl, token, created.expiresAt) };
  };
