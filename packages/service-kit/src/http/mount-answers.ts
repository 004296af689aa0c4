import { Failure } from '@sandgate/contracts';
import express, { type Router } from 'express';
import type { Answer } from '../questions/ask.js';
import { toErrorResponse } from './error-response.js';
import type { FrameOptions } from './mount.js';
import { holdsServiceCredential } from './service-credential.js';

/** Mounts what other services may ask, below `/internal`. The credential is looked at before the body is read. */
export function mountAnswers(
  router: Router,
  answers: readonly Answer[],
  { serviceCredential, log }: FrameOptions,
): void {
  router.use('/internal', (request, response, next) => {
    if (holdsServiceCredential(request.headers, serviceCredential)) return next();
    const refused = toErrorResponse(new Failure('service.credential_required'), 'internal');
    response.status(refused.status).json(refused.body);
  });
  router.use('/internal', express.json({ limit: '1mb' }));
  for (const { question, handle } of answers) {
    router.post(`/internal/${question.name}`, async (request, response) => {
      try {
        const input = question.input.safeParse(request.body);
        if (!input.success) throw new Failure('request.invalid', { cause: input.error });
        const output = await handle(input.data);
        const text = question.textOf?.(output) ?? JSON.stringify(question.output.parse(output));
        response.type('json').send(text);
      } catch (error) {
        const answer = toErrorResponse(error, question.name);
        if (answer.status >= 500 && answer.status !== 503) log.error({ question: question.name, error });
        response.status(answer.status).json(answer.body);
      }
    });
  }
}
