import { createApiKey } from '@sandgate/contracts';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { ApiKeyChanger } from '../api-keys/change-api-keys.js';

export const createApiKeyRoute = ({ create }: ApiKeyChanger): AnyRoute =>
  route(createApiKey, ({ body, ...context }) => create(body, authorOf(context)));
