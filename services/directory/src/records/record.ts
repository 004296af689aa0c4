import type { RecordKind } from '@sandgate/contracts';

/** One state of what a record is about: only what has changed. */
export type Side = Readonly<Record<string, unknown>>;

export interface NewRecord {
  /** With the kind it tells a record that is there already. */
  readonly eventId: string;
  readonly kind: RecordKind;
  /** ISO 8601; the time of the transaction unless told. */
  readonly at?: string;
  readonly accountId?: string | null;
  readonly actorId?: string | null;
  readonly code?: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly before?: Side | null;
  readonly after?: Side | null;
}
