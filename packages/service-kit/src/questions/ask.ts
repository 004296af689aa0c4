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

/** Asks services over HTTP. A service that cannot be reached, or answers something else, is `service.unavailable`. */
export const httpAsk = (urls: Readonly<Record<ServiceName, string>>, credential: string): Ask => {
  return async (question, input) => {
    const { status, text } = await post(`${urls[question.answeredBy]}/internal/${question.name}`, {
      credential,
      body: JSON.stringify(question.input.parse(input)),
      patienceSeconds: question.patienceSeconds ?? 5,
    }).catch((cause: unknown) => {
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
  readonly credential: string;
  readonly body: string;
  readonly patienceSeconds: number;
}

/** Not `fetch` nor `node:http`, whose streams cost several times as much as the question itself. */
const agent = new Agent({ connect: { timeout: 5_000 } });

const post = (
  address: string,
  { credential, body, patienceSeconds }: Post,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { origin, pathname: path } = new URL(address);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credential}` };
    const chunks: Buffer[] = [];
    let status = 0;
    let isOver = false;
    let abort = (): void => undefined;
    // Of the whole question: undici's own limits are for each part of an answer anew.
    const patience = setTimeout(() => {
      isOver = true;
      fail(new Error('no answer in time'));
      abort();
    }, patienceSeconds * 1000);
    const fail = (error: Error): void => {
      clearTimeout(patience);
      reject(error);
    };
    agent.dispatch(
      { origin, path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart: (controller) => {
          abort = () => controller.abort(new Error('no answer in time'));
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
