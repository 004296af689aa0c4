import { deleteApiKey } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { ApiKeyChanger } from '../api-keys/change-api-keys.js';

export const deleteApiKeyRoute = ({ revoke }: ApiKeyChanger): AnyRoute =>
  route(deleteApiKey, ({ params, traceparent }) => revoke(params.id, traceparent));
