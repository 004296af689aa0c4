import { deleteProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';

export const deleteProviderRoute = (remove: (name: string, by: Author) => Promise<void>): AnyRoute =>
  route(deleteProvider, ({ params, ...context }) => remove(params.provider, authorOf(context)));
