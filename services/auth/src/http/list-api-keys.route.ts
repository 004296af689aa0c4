import { listApiKeys } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { ApiKeyStore } from '../api-keys/api-key-store.js';

export const listApiKeysRoute = (keys: ApiKeyStore): AnyRoute => route(listApiKeys, ({ query }) => keys.list(query));
