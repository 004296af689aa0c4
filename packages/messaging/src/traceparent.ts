import { randomUUID } from 'node:crypto';

const pattern = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A new `traceparent` (W3C Trace Context level 1, section 3.2), or the next one of the trace that `incoming` belongs to. */
export function nextTraceparent(incoming?: string): string {
  const traceId = pattern.exec(incoming ?? '')?.[1] ?? randomHex();
  return `00-${traceId}-${randomHex().slice(0, 16)}-01`;
}

// Node makes random UUIDs many at a time; random bytes one by one take a good part of a small request.
const randomHex = (): string => randomUUID().replaceAll('-', '');

/** The trace id, which log lines carry as correlation id. */
export const correlationIdOf = (traceparent: string): string => pattern.exec(traceparent)?.[1] ?? 'none';
