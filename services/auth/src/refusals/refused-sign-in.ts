import { Failure } from '@sandgate/contracts';

/** Whom a refusal concerns: what is not known is absent. */
export interface Concerned {
  /** Name of a provider that there is. */
  readonly provider?: string | undefined;
  readonly accountId?: string | undefined;
}

/** A failure that knows whom it concerns. Records are told; the outside never is. */
export class FailureConcerning extends Failure {
  constructor(
    failure: Failure,
    readonly concerned: Concerned,
  ) {
    super(failure.code, {
      message: failure.message,
      ...(failure.details && { details: failure.details }),
      cause: failure,
    });
  }
}

/** The one answer for all reasons. The log and the records name the one that it was, and the records whom it concerns. */
export const refusedFor = (reason: Failure, concerned: Concerned = {}): Failure =>
  new Failure('auth.sign_in_refused', { cause: new FailureConcerning(reason, concerned) });

/** Whom a refusal concerns, as far as any of its causes knows. */
export function concernedBy(error: unknown): Concerned {
  let provider: string | undefined;
  let accountId: string | undefined;
  for (let e = error; e instanceof Error; e = e.cause) {
    if (!(e instanceof FailureConcerning)) continue;
    provider ??= e.concerned.provider;
    accountId ??= e.concerned.accountId;
  }
  return { provider, accountId };
}
