import { createProvider, type NewProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, Reply, route } from '@sandgate/service-kit';
import type { ProviderPreviews } from '../dry-run/preview-provider-changes.js';
import { describeOidcProvider } from '../oidc/describe-oidc-provider.js';
import type { StoredOidcProvider } from '../oidc/oidc-provider-store.js';
import { describeProvider } from '../providers/describe-provider.js';
import type { StoredProvider } from '../providers/provider-store.js';

interface Dependencies {
  readonly siteUrl: string;
  readonly createJwt: (provider: Extract<NewProvider, { kind: 'jwt' }>, by: Author) => Promise<StoredProvider>;
  readonly createOidc: (provider: Extract<NewProvider, { kind: 'oidc' }>, by: Author) => Promise<StoredOidcProvider>;
  readonly previews: Pick<ProviderPreviews, 'createJwt' | 'createOidc'>;
}

export const createProviderRoute = ({ siteUrl, createJwt, createOidc, previews }: Dependencies): AnyRoute =>
  route(createProvider, async ({ query: { dryRun }, body, ...context }) => {
    const by = authorOf(context);
    if (body.kind === 'oidc')
      return dryRun
        ? new Reply({ status: 200, body: await previews.createOidc(body, by) })
        : describeOidcProvider(await createOidc(body, by), siteUrl);
    return dryRun
      ? new Reply({ status: 200, body: await previews.createJwt(body, by) })
      : describeProvider(await createJwt(body, by));
  });
