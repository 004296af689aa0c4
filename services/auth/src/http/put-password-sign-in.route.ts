import { putPasswordSignIn } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import type { ProviderPreviews } from '../dry-run/preview-provider-changes.js';

export const putPasswordSignInRoute = (
  switchPasswordSignIn: (enabled: boolean, by: Author) => Promise<{ enabled: boolean }>,
  previews: Pick<ProviderPreviews, 'switchPasswords'>,
): AnyRoute =>
  route(putPasswordSignIn, ({ query: { dryRun }, body: { enabled }, ...context }) =>
    (dryRun ? previews.switchPasswords : switchPasswordSignIn)(enabled, authorOf(context)),
  );
