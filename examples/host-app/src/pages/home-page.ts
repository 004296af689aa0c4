import type { Person } from '../people.js';
import { html, type Markup } from './html.js';
import { page } from './page.js';

export const homePage = (user: Person | undefined): string =>
  page({ title: 'Home', user, body: user ? welcome(user) : introduction });

const introduction = html`<h1>A customer’s application</h1>
    <p>This stands for your own application. It has its own people and its own sign-in form, and shows each person
      their invoices in a frame that Sandgate serves.</p>
    <p><a class="button" href="/login">Sign in</a></p>`;

const welcome = (user: Person): Markup => html`<h1>Welcome, ${user.firstName}</h1>
    <p>You are signed in. When you open the analytics, this application signs a token for you with these claims:</p>
    <dl>
      <dt>email</dt><dd>${user.email}</dd>
      <dt>first_name</dt><dd>${user.firstName}</dd>
      <dt>last_name</dt><dd>${user.lastName}</dd>
      <dt>groups</dt><dd>${user.groups.join(', ')}</dd>
      <dt>account_id</dt><dd>${accounts(user.accountId)}</dd>
    </dl>
    <ul>
      <li><a href="/analytics">Your invoices in a frame</a>, as Sandgate shows them</li>
      <li><a href="/report">Your latest invoices</a> on a page of this application, which asks Sandgate for the rows</li>
      <li><a href="/sso/sandgate">Sandgate itself</a>, without signing in again</li>
    </ul>`;

const accounts = (accountId: Person['accountId']): string | Markup =>
  accountId === undefined ? html`<em>left out</em>` : [accountId].flat().join(', ');
