import type { ServiceName } from '@sandgate/contracts';
import type { AnySubscription, Database, Outbox } from '@sandgate/messaging';
import type { AnyRoute } from './http/route.js';
import type { Job } from './job.js';
import type { Answer } from './questions/ask.js';

export interface ReadinessCheck {
  readonly name: string;
  /** Answers what is missing, or undefined when all is there. Throwing counts as missing. */
  check(): Promise<string | undefined>;
}

/** Everything that comes into one service, and what it needs to run: its table of contents as a value. */
export interface Service {
  readonly name: ServiceName;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly routes: readonly AnyRoute[];
  readonly answers: readonly Answer[];
  readonly subscriptions: readonly AnySubscription[];
  readonly jobs: readonly Job[];
  readonly readiness: readonly ReadinessCheck[];
  /** Republishes everything that the service owns; answers how many events that were. */
  resync(): Promise<number>;
  /** Runs once before the first request, for what the environment sets. */
  prepare(): Promise<void>;
  close(): Promise<void>;
}
