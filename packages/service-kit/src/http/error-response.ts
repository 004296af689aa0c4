import { Failure, namedFailure } from '@sandgate/contracts';
import { isDatabaseUnavailable } from '../database-unavailable.js';
import { escapeHtml } from './escape-html.js';

export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    /** For a program alone. */
    readonly status?: string;
    readonly code: string;
    readonly message: string;
    readonly id: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** A database that does not answer is an expected failure, whichever statement meets it. */
export const named = (error: unknown): Failure | undefined =>
  namedFailure(error) ??
  (isDatabaseUnavailable(error) ? new Failure('service.database_unavailable', { cause: error }) : undefined);

/** The one place that decides what the outside sees of an error. An error without a code shows its id and nothing else. */
export function toErrorResponse(error: unknown, id: string): ErrorResponse {
  const failure = named(error) ?? new Failure('internal_error');
  const { code, message, details, retryAfterSeconds } = failure;
  return {
    status: failure.status,
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
    body: { code, message, id: failure.constant ? code : id, ...(details && { details }) },
  };
}

/** The same for a program that reads `status`, as the SDK of the product in the seeds does: without one, or with `ok`, it looks for a session. */
export const forProgram = ({ body, ...answer }: ErrorResponse): ErrorResponse => ({
  ...answer,
  body: { status: body.code === 'auth.sso_disabled' ? 'error-sso-disabled' : 'error', ...body },
});

/** The same for a person with a browser. */
export const toErrorPage = ({ body, status }: ErrorResponse): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${status} · Sandgate</title><link rel="stylesheet" href="/assets/sandgate.css"></head>
<body><main class="notice"><h1>${escapeHtml(body.message)}</h1>
<p class="quiet">${escapeHtml(body.code)} · ${escapeHtml(body.id)}</p><p><a href="/">To the start page</a></p></main></body></html>
`;
