import type { Person } from '../people.js';
import { html, type Markup } from './html.js';

interface Page {
  readonly title: string;
  readonly body: Markup;
  readonly user?: Person | undefined;
  readonly layout?: 'wide';
}

/** A whole page: the bar with who is signed in, and the body. */
export function page({ title, body, user, layout }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Host application</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/style.css">
</head>
<body class="${layout}">
  <header>
    <a class="brand" href="/">Host application</a>
    ${user ? signedIn(user) : html`<a href="/login">Sign in</a>`}
  </header>
  <main>
    ${body}
  </main>
</body>
</html>`.text;
}

const signedIn = (user: Person): Markup => html`<nav>
      <a href="/analytics">Analytics</a>
      <a href="/report">Report</a>
      <a href="/sso/sandgate">Sandgate</a>
      <span class="who">${user.firstName} ${user.lastName}</span>
      <form method="post" action="/logout"><button class="quiet">Sign out</button></form>
    </nav>`;
