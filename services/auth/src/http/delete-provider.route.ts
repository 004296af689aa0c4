import { deleteProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import type { ProviderPreviews } from '../dry-run/preview-provider-changes.js';

export const deleteProviderRoute = (
  remove: (name: string, by: Author) => Promise<void>,
  previews: Pick<ProviderPreviews, 'remove'>,
): AnyRoute =>
  route(deleteProvider, async ({ params: { provider }, query: { dryRun }, ...context }) => {
    if (dryRun) return new Reply({ status: 200, body: await previews.remove(provider, authorOf(context)) });
    await remove(provider, authorOf(context));
    return undefined;
  });
