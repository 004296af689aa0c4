import { type AnyRoute, page, Reply } from '@sandgate/service-kit';
import { displayOf } from './display.js';
import { html } from './html.js';
import { layout } from './layout.js';

/**
 * What a host application shows in a hidden frame when its own person signs out; there it signs out by itself. Only configured origins can frame it, and
 * whoever is led here by a link is asked first, so that no other site ends a session (ASVS 5.0, 3.5.1).
 */
export const signOutPage = (): AnyRoute =>
  page('/auth/logout', 'anyone', ({ query }) => {
    const body = html`<section class="card">
<h1>Sign out</h1>
<p><button type="button" data-sign-out data-by-itself-in-a-frame>Sign out</button></p>
</section>`;
    return new Reply({ text: layout({ title: 'Sign out', body, display: displayOf(query), isSignedIn: false }) });
  });
