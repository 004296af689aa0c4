import { deleteSigningKey } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';

export const deleteSigningKeyRoute = (remove: (provider: string, id: string, by: Author) => Promise<void>): AnyRoute =>
  route(deleteSigningKey, ({ params, ...context }) => remove(params.provider, params.id, authorOf(context)));
