import { deleteSigningKey } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';

export const deleteSigningKeyRoute = (remove: (provider: string, id: string) => Promise<void>): AnyRoute =>
  route(deleteSigningKey, ({ params }) => remove(params.provider, params.id));
