import { createProvider, type NewProvider } from '@sandgate/contracts';
import type { Author } from '@sandgate/messaging';
import { type AnyRoute, authorOf, route } from '@sandgate/service-kit';
import { describeOidcProvider } from '../oidc/describe-oidc-provider.js';
import type { StoredOidcProvider } from '../oidc/oidc-provider-store.js';
import { describeProvider } from '../providers/describe-provider.js';
import type { StoredProvider } from '../providers/provider-store.js';

interface Dependencies {
  readonly siteUrl: string;
  readonly createJwt: (provider: Extract<NewProvider, { kind: 'jwt' }>, by: Author) => Promise<StoredProvider>;
  readonly createOidc: (provider: Extract<NewProvider, { kind: 'oidc' }>, by: Author) => Promise<StoredOidcProvider>;
}

export const createProviderRoute = ({ siteUrl, createJwt, createOidc }: Dependencies): AnyRoute =>
  route(createProvider, async ({ body, ...context }) =>
    body.kind === 'oidc'
      ? describeOidcProvider(await createOidc(body, authorOf(context)), siteUrl)
      : describeProvider(await createJwt(body, authorOf(context))),
  );
