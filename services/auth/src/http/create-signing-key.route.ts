import { createSigningKey, type NewSigningKey } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import type { ProviderPreviews } from '../dry-run/preview-provider-changes.js';
import { describeKey } from '../providers/describe-provider.js';
import type { StoredKey } from '../providers/provider-store.js';

export const createSigningKeyRoute = (
  create: (provider: string, key: NewSigningKey, by: Author) => Promise<StoredKey>,
  previews: Pick<ProviderPreviews, 'createKey'>,
): AnyRoute =>
  route(createSigningKey, async ({ params: { provider }, query: { dryRun }, body, ...context }) => {
    const by = authorOf(context);
    if (dryRun) return new Reply({ status: 200, body: await previews.createKey(provider, body, by) });
    const key = await create(provider, body, by);
    return { ...describeKey(key), ...(key.secret !== null && { secret: key.secret }) };
  });
