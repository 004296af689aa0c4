import { changeApiKey } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { ApiKeyChanger } from '../api-keys/change-api-keys.js';

export const changeApiKeyRoute = ({ change }: ApiKeyChanger): AnyRoute =>
  route(changeApiKey, ({ params, body, traceparent }) => change(params.id, body, traceparent));
