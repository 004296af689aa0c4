import { createSigningKey, type NewSigningKey } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { describeKey } from '../providers/describe-provider.js';
import type { StoredKey } from '../providers/provider-store.js';

export const createSigningKeyRoute = (
  create: (provider: string, key: NewSigningKey, by: Author) => Promise<StoredKey>,
): AnyRoute =>
  route(createSigningKey, async ({ params, body, ...context }) => {
    const key = await create(params.provider, body, authorOf(context));
    return { ...describeKey(key), ...(key.secret !== null && { secret: key.secret }) };
  });
