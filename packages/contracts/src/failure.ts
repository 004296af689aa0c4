import { type ErrorCode, errorCatalogue } from './error-catalogue.js';

/** What an error may show to the outside beside its code and message. Never a token, a secret or somebody's data. */
export type FailureDetails = Readonly<Record<string, unknown>>;

/**
 * An expected failure: a stable code of the catalogue, a status, a sentence that is safe to show.
 * It serves both doors: HTTP answers its status, a message is retried or dead-lettered by `onEvent`.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: FailureDetails | undefined;
  readonly onEvent: 'retry' | 'dead-letter';
  /** Seconds after which the same request may succeed; answered as `Retry-After` (RFC 9110 section 10.2.3). */
  readonly retryAfterSeconds: number | undefined;
  /** The answer carries no id of its own, so that it is the same to the byte each time. */
  readonly constant: boolean;

  constructor(
    code: ErrorCode,
    options: {
      message?: string;
      details?: FailureDetails;
      cause?: unknown;
      /** Where it is known better than the catalogue can. */
      retryAfterSeconds?: number;
    } = {},
  ) {
    const entry = errorCatalogue[code];
    super(options.message ?? entry.message, { cause: options.cause });
    this.code = code;
    this.status = entry.status;
    this.details = options.details;
    this.onEvent = 'onEvent' in entry ? entry.onEvent : 'retry';
    this.constant = 'constant' in entry;
    this.retryAfterSeconds =
      options.retryAfterSeconds ?? ('retryAfterSeconds' in entry ? entry.retryAfterSeconds : undefined);
  }
}

/** The named failure behind an error, looked for through the chain of causes so that wrapping keeps its code. */
export function namedFailure(error: unknown): Failure | undefined {
  for (let e: unknown = error; e instanceof Error; e = e.cause) if (e instanceof Failure) return e;
  return undefined;
}
