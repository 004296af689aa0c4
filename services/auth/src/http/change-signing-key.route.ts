import { changeSigningKey } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { ProviderPreviews } from '../dry-run/preview-provider-changes.js';
import type { KeyRetirement } from '../providers/change-signing-keys.js';
import { describeKey } from '../providers/describe-provider.js';
import type { StoredKey } from '../providers/provider-store.js';

export const changeSigningKeyRoute = (
  retire: (retirement: KeyRetirement, by: Author) => Promise<StoredKey>,
  previews: Pick<ProviderPreviews, 'retireKey'>,
): AnyRoute =>
  route(changeSigningKey, async ({ params, query: { dryRun }, body, ...context }) => {
    const retirement = { ...params, ...body };
    if (dryRun) return previews.retireKey(retirement, authorOf(context));
    return describeKey(await retire(retirement, authorOf(context)));
  });
