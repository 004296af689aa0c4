import type { Author } from '@sandgate/messaging';
import type { Caller } from './route.js';

/** Whoever makes a request, as the author of what it changes. */
export const authorOf = ({ caller, traceparent }: { caller: Caller; traceparent: string }): Author => ({
  actorId: caller.accountId,
  traceparent,
});
