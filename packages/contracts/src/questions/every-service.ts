import { z } from 'zod';
import { serviceNames } from '../service-name.js';
import { defineQuestion } from './define-question.js';

const perService = <T>(make: (service: (typeof serviceNames)[number]) => T): Record<(typeof serviceNames)[number], T> =>
  Object.fromEntries(serviceNames.map((service) => [service, make(service)])) as Record<
    (typeof serviceNames)[number],
    T
  >;

/** What of a service is ready: each check by name, with what is missing. */
export const ReadinessReport = z.strictObject({
  ready: z.boolean(),
  checks: z.record(z.string(), z.strictObject({ ready: z.boolean(), missing: z.string().optional() })),
});
export type ReadinessReport = z.infer<typeof ReadinessReport>;

export const reportReadiness = perService((service) =>
  defineQuestion({
    name: `${service}.report-readiness`,
    answeredBy: service,
    isIdempotent: true,
    input: z.strictObject({}),
    output: ReadinessReport,
  }),
);

/** Republishes the whole state of what the service owns. Safe at any time: consumers skip what they have. */
export const resync = perService((service) =>
  defineQuestion({
    name: `${service}.resync`,
    answeredBy: service,
    // Everything would be published twice at the same time.
    isIdempotent: false,
    input: z.strictObject({}),
    output: z.strictObject({ republished: z.int().nonnegative() }),
    // Of a million accounts it takes longer than this; it goes on, and is safe to ask for again.
    patienceSeconds: 290,
  }),
);

export const DeadLetter = z.strictObject({
  id: z.string(),
  consumer: z.string(),
  type: z.string(),
  subject: z.string(),
  code: z.string(),
  reason: z.string(),
  attempts: z.int(),
  diedAt: z.string(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** The dead letters of a service's own subscriptions; never their content. */
export const listDeadLetters = perService((service) =>
  defineQuestion({
    name: `${service}.list-dead-letters`,
    answeredBy: service,
    isIdempotent: true,
    input: z.strictObject({ limit: z.int().min(1).max(1000).default(100) }),
    output: z.strictObject({ deadLetters: z.array(DeadLetter) }),
  }),
);

/** Puts dead letters back into their queue with a fresh count of attempts; all of the service's when `ids` is absent. */
export const redriveDeadLetters = perService((service) =>
  defineQuestion({
    name: `${service}.redrive-dead-letters`,
    answeredBy: service,
    // The second would answer that there were none.
    isIdempotent: false,
    input: z.strictObject({ ids: z.array(z.string()).optional() }),
    output: z.strictObject({ redriven: z.int().nonnegative() }),
  }),
);
