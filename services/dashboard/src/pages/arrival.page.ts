import { Failure } from '@sandgate/contracts';
import { type AnyRoute, checkReturnTo, page, Reply } from '@sandgate/service-kit';
import { displayOf } from './display.js';
import { html } from './html.js';
import { layout } from './layout.js';

/**
 * Goes on to `return_to` once the session's cookie comes along. A cookie with SameSite=Strict is kept back on every redirect that another site has begun, so
 * the page asks for itself again: then it is this site that goes on. A cookie that is still not there never will be. Throws `auth.return_to_unsafe`,
 * `auth.cookie_blocked`.
 */
export const arrivalPage = ({ siteUrl }: { siteUrl: string }): AnyRoute =>
  page('/auth/arrived', 'anyone', ({ query, credential }) => {
    const path = checkReturnTo(query['return_to'], siteUrl);
    if (credential) return new Reply({ location: path });
    if (query['again'] !== undefined) throw new Failure('auth.cookie_blocked');
    const goOnTo = `/auth/arrived?again&return_to=${encodeURIComponent(path)}`;
    const body = html`<section class="notice"><p><a href="${goOnTo}">Go on</a></p></section>`;
    return new Reply({
      text: layout({ title: 'One moment', body, display: displayOf(query), isSignedIn: false, goOnTo }),
    });
  });
