import { Failure } from '@sandgate/contracts';
import express, { type Router } from 'express';
import type { Answer } from '../questions/ask.js';
import { answerWithoutRoute } from './answer-without-route.js';
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
    answerWithoutRoute(new Failure('service.credential_required'), { request, response, log });
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
        answerWithoutRoute(error, { request, response, log, outcome: { question: question.name } });
      }
    });
  }
}
