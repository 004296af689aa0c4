import { type Ask, describePasswordSignIn, introspectSession } from '@sandgate/contracts';
import { type AnyRoute, checkReturnTo, page, Reply } from '@sandgate/service-kit';
import { displayOf } from './display.js';
import { html, type Markup } from './html.js';
import { layout } from './layout.js';

/** Sign-in with a password where that is allowed, and the way to the provider where there is one. Throws `auth.return_to_unsafe`. */
export const signInPage = ({ ask, siteUrl }: { ask: Ask; siteUrl: string }): AnyRoute =>
  page('/login', 'anyone', async ({ query }) => {
    const target = checkReturnTo(query['return_to'], siteUrl);
    // Back to this page would be a loop.
    const returnTo = new URL(target, siteUrl).pathname === '/login' ? '/' : target;
    const [session, { enabled: takesPasswords }] = await Promise.all([
      ask(introspectSession, {}),
      ask(describePasswordSignIn, {}),
    ]);
    const hasProvider = !session.active && session.singleSignOn;
    const body = html`<section class="card">
<h1>Sign in</h1>
${takesPasswords ? form(returnTo) : html`<p>Signing in with a password is turned off here. ${hasProvider ? 'Use single sign-on' : 'Begin in the application that leads to these dashboards'}.</p>`}
${hasProvider ? html`<p class="or"><a href="/auth/sso?return_to=${encodeURIComponent(returnTo)}">Sign in with single sign-on</a></p>` : undefined}
</section>`;
    return new Reply({ text: layout({ title: 'Sign in', body, display: displayOf(query), isSignedIn: false }) });
  });

const form = (
  returnTo: string,
): Markup => html`<form method="post" action="/api/session" data-sign-in data-return-to="${returnTo}">
<label for="username">E-mail</label>
<input id="username" name="username" type="email" autocomplete="username" required maxlength="254" autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1024">
<p class="problem" role="alert" data-problem hidden></p>
<button type="submit">Sign in</button>
</form>
<noscript><p class="problem">Signing in with a password needs JavaScript.</p></noscript>`;
