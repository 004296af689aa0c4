import { type Person, people } from '../people.js';
import { html, type Markup } from './html.js';
import { page } from './page.js';

interface SignInForm {
  readonly returnTo: string;
  readonly email?: string;
  readonly refused?: boolean;
}

/** The sign-in form, and beside it everybody who can use it: this is a demonstration. */
export const signInPage = ({ returnTo, email = '', refused = false }: SignInForm): string =>
  page({
    title: 'Sign in',
    body: html`<h1>Sign in</h1>
    <div class="columns">
      <form id="sign-in" class="card" method="post" action="/login">
        ${refused ? html`<p class="problem" role="alert">Nobody here has this e-mail and password.</p>` : undefined}
        <input type="hidden" name="return_to" value="${returnTo}">
        <label for="email">E-mail</label>
        <input id="email" name="email" type="email" value="${email}" autocomplete="username" required autofocus>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required>
        <button type="submit">Sign in</button>
      </form>
      <section aria-labelledby="known">
        <h2 id="known">People you can be</h2>
        <ul class="people">${people.map(knownPerson)}</ul>
      </section>
    </div>
    <script src="/sign-in.js" defer></script>`,
  });

const knownPerson = (person: Person): Markup => html`
          <li>
            <div>
              <strong>${person.firstName} ${person.lastName}</strong>
              <span>${person.about}</span>
              <code>${person.email}</code> <code>${person.password}</code>
            </div>
            <button type="button" class="quiet" aria-label="Use ${person.firstName} ${person.lastName}"
              data-email="${person.email}" data-password="${person.password}">Use</button>
          </li>`;
