import { UserLoggedIn } from '@sandgate/contracts';
import { nextTraceparent } from '@sandgate/messaging';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';

/**
 * Data of `UserLoggedIn` in SQL, from the columns of an account under the alias `a`: the one place where it is made, so that a
 * sign-in, the operator's first administrator and a resync say the same of the same account.
 */
export const userLoggedInData = Prisma.sql`jsonb_build_object(
  'accountId', a.id,
  'claimsVersion', a.claims_version,
  'email', a.email,
  'firstName', a.claims #> '{jwt,firstName}',
  'lastName', a.claims #> '{jwt,lastName}',
  'attributes', coalesce(a.claims #> '{jwt,attributes}', '{}'),
  'groups', case when a.claims ? 'jwt' then jsonb_build_array(jsonb_build_object(
      'provider', 'jwt',
      'presence', a.claims #> '{jwt,groups,presence}',
      'names', coalesce(a.claims #> '{jwt,groups,names}', '[]')))
    else '[]' end,
  'firstAdministrator', a.first_administrator)`;

const chunk = 1000;

/** Puts the whole state of every account into the outbox again, a chunk a transaction; answers how many there are. */
export async function announceEveryAccount(database: PrismaClient): Promise<number> {
  const traceparent = nextTraceparent();
  let announced = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const page = await database.$queryRaw<{ subject: string }[]>`
      insert into outbox (id, type, subject, data, traceparent)
      select gen_random_uuid(), ${UserLoggedIn.type}, a.id, ${userLoggedInData}, ${traceparent}
      from (select * from account where id > ${after}::uuid order by id limit ${chunk}) a
      order by a.id
      returning subject`;
    announced += page.length;
    if (page.length < chunk) return announced;
    after = page.at(-1)?.subject ?? after;
  }
}
