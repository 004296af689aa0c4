import { createProvider, type NewProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { describeProvider } from '../providers/describe-provider.js';
import type { StoredProvider } from '../providers/provider-store.js';

export const createProviderRoute = (create: (provider: NewProvider, by: Author) => Promise<StoredProvider>): AnyRoute =>
  route(createProvider, async ({ body, ...context }) => describeProvider(await create(body, authorOf(context))));
