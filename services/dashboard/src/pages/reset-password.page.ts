import { type AnyRoute, page, Reply } from '@sandgate/service-kit';
import { displayOf } from './display.js';
import { html } from './html.js';
import { layout } from './layout.js';

/**
 * Sets a password by a link that an administrator has made. The token is in the fragment: it stays in the browser until the form is sent, and
 * then leaves the address.
 */
export const resetPasswordPage = (): AnyRoute =>
  page('/reset-password', 'anyone', ({ query }) => {
    const body = html`<section class="card">
<h1>Set a new password</h1>
<form method="post" action="/api/password-reset" data-reset-password hidden>
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="1024">
<p class="soft">At least 12 characters; a sentence is fine. You will be signed out everywhere.</p>
<p class="problem" role="alert" data-problem hidden></p>
<button type="submit">Set the password</button>
</form>
<p data-done hidden>The password is set. <a href="/login">Sign in</a></p>
<p class="problem" data-incomplete hidden>This link is not complete. Open the whole of it, or ask an administrator for another one.</p>
<noscript><p class="problem">Setting a password needs JavaScript.</p></noscript>
</section>`;
    const display = displayOf(query);
    return new Reply({ text: layout({ title: 'Set a new password', body, display, isSignedIn: false }) });
  });
