import { deleteSigningKey } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import type { ProviderPreviews } from '../dry-run/preview-provider-changes.js';

export const deleteSigningKeyRoute = (
  remove: (provider: string, id: string, by: Author) => Promise<void>,
  previews: Pick<ProviderPreviews, 'deleteKey'>,
): AnyRoute =>
  route(deleteSigningKey, async ({ params: { provider, id }, query: { dryRun }, ...context }) => {
    if (dryRun) return new Reply({ status: 200, body: await previews.deleteKey(provider, id, authorOf(context)) });
    await remove(provider, id, authorOf(context));
    return undefined;
  });
