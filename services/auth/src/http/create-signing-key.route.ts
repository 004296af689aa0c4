import { createSigningKey, type NewSigningKey } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { describeKey } from '../providers/describe-provider.js';
import type { StoredKey } from '../providers/provider-store.js';

export const createSigningKeyRoute = (create: (provider: string, key: NewSigningKey) => Promise<StoredKey>): AnyRoute =>
  route(createSigningKey, async ({ params, body }) => {
    const key = await create(params.provider, body);
    return { ...describeKey(key), ...(key.secret !== null && { secret: key.secret }) };
  });
