import type { PasswordLink } from '@sandgate/contracts';

export const linkSeconds = 48 * 3600;

/** What an administrator is shown of a link, this once. A browser sends no fragment, so that no proxy has the token in its log. */
export const describePasswordLink = (siteUrl: string, token: string, expiresAt: Date): PasswordLink => ({
  url: `${siteUrl}/reset-password#token=${token}`,
  expiresAt: expiresAt.toISOString(),
});
