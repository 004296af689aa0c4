import { createSigningKey } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { StoredKey } from '../providers/provider-store.js';

export const createSigningKeyRoute = (create: () => Promise<StoredKey>): AnyRoute => route(createSigningKey, create);
