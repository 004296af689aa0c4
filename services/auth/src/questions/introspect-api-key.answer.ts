import { introspectApiKey } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { ApiKeyStore } from '../api-keys/api-key-store.js';
import { hashSessionToken } from '../sessions/session-token.js';

export const introspectApiKeyAnswer = (keys: ApiKeyStore): Answer =>
  answer(introspectApiKey, ({ key }) => keys.introspect(hashSessionToken(key)));
