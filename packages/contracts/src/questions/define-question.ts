import type { z } from 'zod';
import type { ServiceName } from '../service-name.js';

/** Something that one service asks another when it needs the answer now. Asked over HTTP between containers, directly within one process. */
export interface QuestionDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** `service.verb-noun`; answered at `POST /internal/<name>`. */
  readonly name: string;
  readonly answeredBy: ServiceName;
  readonly input: Input;
  readonly output: Output;
  /** Whether to ask it twice is as good as once (RFC 9110 section 9.2.2): it is asked again where a connection breaks. */
  readonly isIdempotent: boolean;
  /** JSON text of an output that is checked as by `output`, for one whose parts are answered again and again. */
  readonly textOf?: (output: z.input<Output>) => string;
  /** How long the asking side waits over HTTP; 5 unless told. */
  readonly patienceSeconds?: number;
}

export const defineQuestion = <Input extends z.ZodType, Output extends z.ZodType>(
  definition: QuestionDefinition<Input, Output>,
): QuestionDefinition<Input, Output> => Object.freeze(definition);

/** Asks a question. Throws the `Failure` that the answering service named, or `service.unavailable` when it does not answer. */
export type Ask = <Input extends z.ZodType, Output extends z.ZodType>(
  question: QuestionDefinition<Input, Output>,
  input: z.input<Input>,
) => Promise<z.infer<Output>>;
