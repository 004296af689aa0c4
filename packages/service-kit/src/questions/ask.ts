import { performance } from 'node:perf_hooks';
import { type Ask, Failure, isErrorCode, type QuestionDefinition, type ServiceName } from '@sandgate/contracts';
import { Agent } from 'undici';
import { z } from 'zod';

export interface Answer {
  readonly question: QuestionDefinition;
  // biome-ignore lint/suspicious/noExplicitAny: the list is heterogeneous; input is parsed by the question's own schema before the call
  readonly handle: (input: any) => Promise<unknown>;
}

/** Binds the answering side of a question. */
export const answer = <Input extends z.ZodType, Output extends z.ZodType>(
  question: QuestionDefinition<Input, Output>,
  handle: (input: z.infer<Input>) => Promise<z.input<Output>>,
): Answer => ({ question, handle });

/** Asks services of the same process. `answers` is looked up at each call, so that services can be built in any order. */
export const directAsk =
  (answers: () => readonly Answer[]): Ask =>
  async (question, input) => {
    const found = answers().find((one) => one.question.name === question.name);
    if (!found) throw new Error(`nobody answers ${question.name}`);
    return (await found.handle(question.input.parse(input))) as never;
  };

const FailureBody = z.object({
  code: z.string(),
  message: z.string(),
  id: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Asks services over HTTP. A service that cannot be reached, or answers something else, is `service.unavailable`. A connection that was kept
 * may end just when a question sets out on it, because its instance stops: an idempotent one is then asked once more (RFC 9112 section 9.3.1).
 */
export const httpAsk = (urls: Readonly<Record<ServiceName, string>>, credential: string): Ask => {
  return async (question, input) => {
    const asked = {
      address: `${urls[question.answeredBy]}/internal/${question.name}`,
      credential,
      body: JSON.stringify(question.input.parse(input)),
      until: performance.now() + (question.patienceSeconds ?? 5) * 1000,
    };
    const { status, text } = await post(asked, agent)
      .catch((error: unknown) => {
        if (!question.isIdempotent || error instanceof NoAnswerInTime) throw error;
        return post(asked, agentOfRepeats);
      })
      .catch((cause: unknown) => {
        throw new Failure('service.unavailable', { cause });
      });
    const body: unknown = parseJson(text);
    if (status === 200) return question.output.parse(body);
    const failure = FailureBody.safeParse(body);
    const code = failure.data?.code ?? 'internal_error';
    if (!failure.success || !isErrorCode(code) || code === 'internal_error') {
      // Leads from the line of who asked to the line of who answered.
      const id = failure.data?.id ?? 'none';
      throw new Failure('service.unavailable', { cause: new Error(`${question.name} answered ${status}, id ${id}`) });
    }
    const { message, details } = failure.data;
    throw new Failure(code, { message, ...(details && { details }) });
  };
};

interface Post {
  readonly address: string;
  readonly credential: string;
  readonly body: string;
  /** When nobody waits any more, however the answer goes on: undici's own limits are for each part of an answer anew. */
  readonly until: number;
}

class NoAnswerInTime extends Error {
  override readonly message = 'no answer in time';
}

/** Not `fetch` nor `node:http`, whose streams cost several times as much as the question itself. */
const connect = { timeout: 5_000 };
const agent = new Agent({ connect });

/** A connection for each request: another that was kept may lead to the same instance. */
const agentOfRepeats = new Agent({ connect, pipelining: 0 });

const post = ({ address, credential, body, until }: Post, through: Agent): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { origin, pathname: path } = new URL(address);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` };
    const chunks: Buffer[] = [];
    let status = 0;
    let isOver = false;
    let abort = (): void => undefined;
    const patience = setTimeout(() => {
      isOver = true;
      fail(new NoAnswerInTime());
      abort();
    }, until - performance.now());
    const fail = (error: Error): void => {
      clearTimeout(patience);
      reject(error);
    };
    through.dispatch(
      { origin, path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart: (controller) => {
          abort = () => controller.abort(new NoAnswerInTime());
          // There is a connection only now, and nothing is on it yet: what nobody waits for is not asked.
          if (isOver) abort();
        },
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd: () => {
          clearTimeout(patience);
          resolve({ status, text: Buffer.concat(chunks).toString('utf8') });
        },
        onResponseError: (_controller, error) => fail(error),
      },
    );
  });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('service.unavailable', { cause });
  }
}
