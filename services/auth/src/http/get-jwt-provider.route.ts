import { getJwtProvider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { describeProvider } from '../providers/describe-provider.js';
import type { ProviderStore } from '../providers/provider-store.js';

export const getJwtProviderRoute = (providers: ProviderStore): AnyRoute =>
  route(getJwtProvider, async () => describeProvider(await providers.read()));
