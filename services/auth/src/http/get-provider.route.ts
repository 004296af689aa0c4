import { Failure, getProvider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { describeProvider } from '../providers/describe-provider.js';
import type { ProviderStore } from '../providers/provider-store.js';

export const getProviderRoute = (store: ProviderStore): AnyRoute =>
  route(getProvider, async ({ params }) => {
    const found = (await store.readAll()).providers.find(({ name }) => name === params.provider);
    if (!found) throw new Failure('auth.provider_not_found');
    return describeProvider(found);
  });
