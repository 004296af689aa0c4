import { correlationIdOf, nextTraceparent } from '@sandgate/messaging';
import type { Request, Response } from 'express';
import type { Logger } from '../logger.js';
import { describeError, levelOfStatus } from './describe-error.js';
import { toErrorPage, toErrorResponse } from './error-response.js';

export interface WithoutRoute {
  readonly request: Request;
  readonly response: Response;
  readonly log: Logger;
  /** For the line in the log. Neither path nor query: no route says what may be in them. */
  readonly outcome?: Readonly<Record<string, unknown>>;
}

/** Answers an error where no route does it, with the id of the line that it leaves in the log. */
export function answerWithoutRoute(error: unknown, { request, response, log, outcome }: WithoutRoute): void {
  const id = correlationIdOf(nextTraceparent(request.get('traceparent')));
  const answer = toErrorResponse(error, id);
  log[levelOfStatus(answer.status)]({ correlationId: id, status: answer.status, ...outcome, ...describeError(error) });
  response.status(answer.status);
  const forBrowser = (request.get('accept') ?? '').includes('text/html');
  if (forBrowser) response.type('html').send(toErrorPage(answer));
  else response.json(answer.body);
}
