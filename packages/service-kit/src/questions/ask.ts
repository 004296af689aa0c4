import { type Ask, Failure, isErrorCode, type QuestionDefinition, type ServiceName } from '@sandgate/contracts';
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
  details: z.record(z.string(), z.unknown()).optional(),
});

/** Asks services over HTTP. A service that cannot be reached, or answers something else, is `service.unavailable`. */
export const httpAsk = (urls: Readonly<Record<ServiceName, string>>, credential: string): Ask => {
  return async (question, input) => {
    const response = await post(`${urls[question.answeredBy]}/internal/${question.name}`, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
      body: JSON.stringify(question.input.parse(input)),
      signal: AbortSignal.timeout((question.patienceSeconds ?? 5) * 1000),
    });
    const text = await response.text().catch((cause: unknown) => {
      throw new Failure('service.unavailable', { cause });
    });
    const body: unknown = parseJson(text);
    if (response.ok) return question.output.parse(body);
    const failure = FailureBody.safeParse(body);
    const code = failure.data?.code ?? 'internal_error';
    if (!failure.success || !isErrorCode(code) || code === 'internal_error') {
      throw new Failure('service.unavailable', { cause: new Error(`${question.name} answered ${response.status}`) });
    }
    const { message, details } = failure.data;
    throw new Failure(code, { message, ...(details && { details }) });
  };
};

async function post(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, method: 'POST' });
  } catch (cause) {
    throw new Failure('service.unavailable', { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('service.unavailable', { cause });
  }
}
