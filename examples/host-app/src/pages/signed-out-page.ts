import { html } from './html.js';
import { page } from './page.js';

/** The hidden frame signs the person out of Sandgate too. */
export const signedOutPage = (signOutUrl: string): string =>
  page({
    title: 'Signed out',
    body: html`<h1>You are signed out</h1>
    <p><a class="button" href="/login">Sign in again</a></p>
    <iframe src="${signOutUrl}" title="Signs out of Sandgate" hidden></iframe>`,
  });
