import { listProviders } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { describeProvider } from '../providers/describe-provider.js';
import type { ProviderStore } from '../providers/provider-store.js';

export const listProvidersRoute = (store: ProviderStore): AnyRoute =>
  route(listProviders, async () => {
    const { providers } = await store.readAll();
    return { data: providers.map(describeProvider), total: providers.length };
  });
