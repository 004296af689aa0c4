import { changeApiKey } from '@sandgate/contracts';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { ApiKeyChanger } from '../api-keys/change-api-keys.js';

export const changeApiKeyRoute = ({ change }: ApiKeyChanger): AnyRoute =>
  route(changeApiKey, ({ params, body, ...context }) => change(params.id, body, authorOf(context)));
