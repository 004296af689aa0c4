import { deleteApiKey } from '@sandgate/contracts';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { ApiKeyChanger } from '../api-keys/change-api-keys.js';

export const deleteApiKeyRoute = ({ revoke }: ApiKeyChanger): AnyRoute =>
  route(deleteApiKey, ({ params, ...context }) => revoke(params.id, authorOf(context)));
