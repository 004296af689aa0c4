import { createProvider, type NewProvider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';
import { describeProvider } from '../providers/describe-provider.js';
import type { StoredProvider } from '../providers/provider-store.js';

export const createProviderRoute = (create: (provider: NewProvider) => Promise<StoredProvider>): AnyRoute =>
  route(createProvider, async ({ body }) => describeProvider(await create(body)));
