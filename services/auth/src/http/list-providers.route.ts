import { listProviders, type Provider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';

export const listProvidersRoute = (describeAll: () => Promise<readonly Provider[]>): AnyRoute =>
  route(listProviders, async () => {
    const data = [...(await describeAll())];
    return { data, total: data.length };
  });
