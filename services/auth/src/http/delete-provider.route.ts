import { deleteProvider } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';

export const deleteProviderRoute = (remove: (name: string) => Promise<void>): AnyRoute =>
  route(deleteProvider, ({ params }) => remove(params.provider));
