import { addressOf, type Display } from './display.js';
import { html, type Markup } from './html.js';

export interface Page {
  readonly title: string;
  readonly body: Markup;
  readonly display: Display;
  /** False for a page that anybody may see. */
  readonly isSignedIn?: boolean;
  /** Seconds after which the browser asks again by itself. */
  readonly retryAfterSeconds?: number | undefined;
  /** A path of this site that the browser goes on to at once. */
  readonly goOnTo?: string;
}

/** A whole page. Scripts and styles are files of this site, as the content security policy wants them. */
export const layout = ({ title, body, display, isSignedIn = true, retryAfterSeconds, goOnTo }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${retryAfterSeconds === undefined ? undefined : html`<meta http-equiv="refresh" content="${retryAfterSeconds}">`}
${goOnTo === undefined ? undefined : html`<meta http-equiv="refresh" content="0;url=${goOnTo}">`}
<title>${title} · Sandgate</title>
<link rel="icon" href="/assets/sandgate.svg">
<link rel="stylesheet" href="/assets/sandgate.css">
<script type="module" src="/assets/sandgate.js"></script>
</head>
<body>
${display.topNav ? topBar(display, isSignedIn) : undefined}
<main>
${body}
</main>
</body>
</html>
`.text;

const topBar = (display: Display, isSignedIn: boolean): Markup => html`<header class="top">
<a class="brand" href="${addressOf('/', display)}">${display.logo ? html`<img src="/assets/sandgate.svg" alt="" width="24" height="24">Sandgate` : 'Tables'}</a>
${isSignedIn ? html`<span class="who" data-who></span><button type="button" class="quiet" data-sign-out>Sign out</button>` : undefined}
</header>`;
