import { checkProvider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import type { checkProvider as use } from '../oidc/check-provider.js';

export const checkProviderRoute = (check: ReturnType<typeof use>): AnyRoute =>
  route(checkProvider, ({ params }) => check(params.provider));
