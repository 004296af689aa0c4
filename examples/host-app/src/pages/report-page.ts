import type { Person } from '../people.js';
import { html } from './html.js';
import { page } from './page.js';

/** A page of this application's own making, which a script fills with rows that it asks Sandgate for. */
export const reportPage = (user: Person, sandgateUrl: string, table: string): string =>
  page({
    title: 'Report',
    user,
    body: html`<h1>Your latest invoices</h1>
    <p>This page is all this application’s. A script asks Sandgate for the rows, as the person who is signed in here.</p>
    <div id="report" data-sandgate="${sandgateUrl}" data-table="${table}"><p role="status">One moment …</p></div>
    <script src="/report.js" type="module"></script>`,
  });
