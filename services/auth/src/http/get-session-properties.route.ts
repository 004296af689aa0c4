import { getSessionProperties } from '@sandgate/contracts';
import { type AnyRoute, type CookieSettings, route } from '@sandgate/service-kit';
import type { SessionStore } from '../sessions/session-store.js';
import { hashSessionToken } from '../sessions/session-token.js';

interface Dependencies {
  readonly cookie: CookieSettings;
  readonly embeddingOrigins: readonly string[];
  readonly sessions: SessionStore;
}

export const getSessionPropertiesRoute = ({ cookie, embeddingOrigins, sessions }: Dependencies): AnyRoute =>
  route(getSessionProperties, async () => {
    const embedding = embeddingOrigins.length > 0;
    // Nobody's session: what it says then is whether there is a provider.
    const nobody = await sessions.introspect(hashSessionToken(''));
    return {
      'site-url': cookie.siteUrl,
      'site-name': 'Sandgate',
      'site-locale': 'en',
      'has-user-setup': true,
      'other-sso-enabled?': !nobody.active && nobody.singleSignOn,
      'enable-embedding-interactive': embedding,
      'enable-embedding-sdk': embedding,
      'enable-embedding-simple': embedding,
      'session-cookie-samesite': cookie.sameSite ?? 'lax',
      'token-features': {
        embedding: true,
        embedding_sdk: true,
        embedding_simple: true,
        sandboxes: true,
        sso_jwt: true,
      },
    };
  });
