import { randomBytes, randomUUID } from 'node:crypto';
import { apiKeyPrefix } from '@sandgate/service-kit';

/** What a program holds: 256 random bits behind a prefix that says what it is. */
export const mintApiKey = (): string => `${apiKeyPrefix}${randomBytes(32).toString('base64url')}`;

/** The account that a new key signs as. No person's canonical e-mail is without an `@`, so that none ever meets this one. */
export function newKeyAccount(): { id: string; email: string } {
  const id = randomUUID();
  return { id, email: `api-key:${id}` };
}
