import { Failure, getProvider, type Provider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';

export const getProviderRoute = (describeAll: () => Promise<readonly Provider[]>): AnyRoute =>
  route(getProvider, async ({ params }) => {
    const found = (await describeAll()).find(({ name }) => name === params.provider);
    if (!found) throw new Failure('auth.provider_not_found');
    return found;
  });
