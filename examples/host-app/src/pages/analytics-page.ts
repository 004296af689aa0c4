import type { Person } from '../people.js';
import { html } from './html.js';
import { page } from './page.js';

export const analyticsPage = (user: Person, frameUrl: string): string =>
  page({
    title: 'Analytics',
    user,
    layout: 'wide',
    body: html`<iframe src="${frameUrl}" title="Your invoices"></iframe>`,
  });
