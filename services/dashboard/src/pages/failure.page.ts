import { type Failure, namedFailure } from '@sandgate/contracts';
import { type PageContext, Reply } from '@sandgate/service-kit';
import { displayOf } from './display.js';
import { html, type Markup } from './html.js';
import { layout } from './layout.js';

/**
 * The page that `show` makes, or one that says in words what kept it: a denial with its reason, an address that leads nowhere, or a moment
 * to wait, after which the browser asks again. Any other error is the frame's.
 */
export async function orFailurePage(context: PageContext, show: () => Promise<Reply>): Promise<Reply> {
  try {
    return await show();
  } catch (error) {
    const failure = namedFailure(error);
    const view = failure && viewOf(failure);
    if (!failure || !view) throw error;
    const { code, status, retryAfterSeconds } = failure;
    context.log.info({ code }, 'page refused');
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    const body = html`<section class="notice">${view.words}<p class="soft"><code>${code}</code></p></section>`;
    return new Reply({
      status,
      headers,
      text: layout({ title: view.title, body, display: displayOf(context.query), retryAfterSeconds }),
    });
  }
}

interface View {
  readonly title: string;
  readonly words: Markup;
}

function viewOf(failure: Failure): View | undefined {
  const { status, message } = failure;
  if (status === 403)
    return { title: 'No access', words: html`<h1>You cannot see this table</h1><p>${message}</p>${namesOf(failure)}` };
  if (status === 404)
    return { title: 'Not found', words: html`<h1>${message}</h1><p><a href="/">To the start page</a></p>` };
  if (status === 503)
    return { title: 'One moment', words: html`<h1>One moment</h1><p>${message} This page tries again by itself.</p>` };
  return undefined;
}

/** The attributes that a denial names: whoever runs the host application can then mend it. */
function namesOf({ details }: Failure): Markup | undefined {
  const attributes = Array.isArray(details?.['attributes']) ? details['attributes'].map(String) : [];
  if (attributes.length === 0) return undefined;
  return html`<p>${attributes.length === 1 ? 'Attribute' : 'Attributes'}: ${attributes.map((name, index) => html`${index > 0 ? ', ' : undefined}<code>${name}</code>`)}</p>`;
}
