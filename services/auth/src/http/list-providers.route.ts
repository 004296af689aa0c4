import { listProviders, type Provider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';

export const listProvidersRoute = (describeAll: () => Promise<readonly Provider[]>): AnyRoute =>
  route(listProviders, async ({ query: { limit, offset } }) => {
    const providers = await describeAll();
    return { data: providers.slice(offset, offset + limit), total: providers.length };
  });
