import { correlationIdOf } from '@sandgate/messaging';
import type { Logger } from '@sandgate/service-kit';

/** Logs which claims of a sign-in were dropped. Names only, and few: they come from outside. */
export function reportDropped(
  { dropped }: { readonly dropped: readonly string[] },
  accountId: string,
  { log, traceparent }: { readonly log: Logger; readonly traceparent: string },
): void {
  if (dropped.length === 0) return;
  const claims = dropped.slice(0, 10).map((name) => name.slice(0, 64));
  log.info(
    { correlationId: correlationIdOf(traceparent), accountId, count: dropped.length, claims },
    'claims that cannot be stored were dropped',
  );
}
