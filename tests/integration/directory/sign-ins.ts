import { randomUUID } from 'node:crypto';
import type { EventData, UserLoggedIn } from '@sandgate/contracts';
import { nextTraceparent, type ReceivedEvent, type SqlClient } from '@sandgate/messaging';
import { createLogger, type Service } from '@sandgate/service-kit';

export type Claims = EventData<typeof UserLoggedIn>;
export type SignIn = ReceivedEvent<Claims>;

/** An accepted sign-in as directory receives it; of a new person unless told. */
export function aSignIn(claims: Partial<Claims> = {}, time = '2026-11-02T08:00:00.000Z'): SignIn {
  const accountId = claims.accountId ?? randomUUID();
  const data: Claims = {
    accountId,
    claimsVersion: 1,
    email: `${accountId}@acme.example`,
    firstName: 'Anna',
    lastName: 'Berg',
    attributes: { account_id: 28 },
    groups: [{ provider: 'jwt', presence: 'listed', names: ['Customer-Acme'] }],
    firstAdministrator: false,
    ...claims,
  };
  return { id: randomUUID(), time, traceparent: nextTraceparent(), data };
}

const log = createLogger('directory', 'silent');

/** Applies sign-ins in one batch as the consumer frame does: in a transaction only where the subscription needs one. */
export async function apply(service: Service, signIns: readonly SignIn[]): Promise<void> {
  const [subscription] = service.subscriptions;
  if (!subscription) throw new Error('directory has no subscription');
  const handle = (tx: SqlClient): Promise<void> => subscription.handle(signIns, { tx, wrote: () => undefined, log });
  await (subscription.isAtomic ? handle(service.database) : service.database.$transaction(handle));
}

/** The same with what the frame does when a batch fails: one by one, each again until it succeeds. */
export async function applyPatiently(service: Service, signIns: readonly SignIn[]): Promise<void> {
  const attempt = (some: readonly SignIn[]): Promise<boolean> =>
    apply(service, some).then(
      () => true,
      () => false,
    );
  if (await attempt(signIns)) return;
  for (const signIn of signIns) {
    for (let attempts = 1; !(await attempt([signIn])); attempts++)
      if (attempts === 5) throw new Error('a sign-in failed five times');
  }
}
