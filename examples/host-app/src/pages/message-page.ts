import { html } from './html.js';
import { page } from './page.js';

export const messagePage = (message: string): string =>
  page({ title: message, body: html`<h1>${message}</h1><p><a href="/">Back to the first page</a></p>` });
