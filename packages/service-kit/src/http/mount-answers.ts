import { Failure } from '@sandgate/contracts';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { Answer } from '../questions/ask.js';
import { answerWithoutRoute } from './answer-without-route.js';
import type { FrameOptions } from './mount.js';
import { holdsServiceCredential } from './service-credential.js';

const below = '/internal/';
const maxBytes = 1024 * 1024;

/**
 * Mounts what other services may ask, below `/internal`. The credential is looked at before the body is read. One look-up by the path and no
 * parser of Express: every query of a person asks twice, and waits for it.
 */
export function mountAnswers(
  router: Router,
  answers: readonly Answer[],
  { serviceCredential, log }: FrameOptions,
): void {
  const byPath = new Map(answers.map((one) => [below + one.question.name, one]));
  const handler: RequestHandler = (request, response, next) => {
    if (!request.url.startsWith(below)) return next();
    if (!holdsServiceCredential(request.headers, serviceCredential))
      return answerWithoutRoute(new Failure('service.credential_required'), { request, response, log });
    const asked = request.method === 'POST' ? byPath.get(request.url) : undefined;
    if (!asked) return next();
    return send(asked, request, response).catch((error: unknown) =>
      answerWithoutRoute(error, { request, response, log, outcome: { question: asked.question.name } }),
    );
  };
  router.use(handler);
}

async function send({ question, handle }: Answer, request: Request, response: Response): Promise<void> {
  const input = question.input.safeParse(parseJson(await readText(request)));
  if (!input.success) throw new Failure('request.invalid', { cause: input.error });
  const output = await handle(input.data);
  const text = question.textOf?.(output) ?? JSON.stringify(question.output.parse(output));
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) };
  response.writeHead(200, headers).end(text);
}

const readText = (request: Request): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(new Failure('request.too_large'));
    });
    request.on('error', (cause) => reject(new Failure('request.invalid', { cause })));
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('request.not_json', { cause });
  }
}
