import { UserLoggedIn } from '@sandgate/contracts';
import { nextTraceparent } from '@sandgate/messaging';
import { Prisma, type PrismaClient } from '../generated/prisma/client.js';

/**
 * Data of `UserLoggedIn` in SQL, from the columns of an account under the alias `a`: the one place where it is made, so that a
 * sign-in, the operator's first administrator and a resync say the same of the same account. A sign-in adds by whom. Groups are those of every provider; names and
 * attributes are those of the one whose claims were accepted last, never a mixture. What an administrator said of an account that signs in with a password
 * (`password`) claims no groups.
 */
export const userLoggedInData = Prisma.sql`jsonb_build_object(
  'accountId', a.id,
  'claimsVersion', a.claims_version,
  'email', a.email,
  'firstName', a.claims -> a.profile_provider -> 'firstName',
  'lastName', a.claims -> a.profile_provider -> 'lastName',
  'attributes', coalesce(a.claims -> a.profile_provider -> 'attributes', '{}'),
  'groups', (
    select coalesce(jsonb_agg(jsonb_build_object(
        'provider', key,
        'presence', value #> '{groups,presence}',
        'names', coalesce(value #> '{groups,names}', '[]')) order by key), '[]')
    from jsonb_each(a.claims) where value -> 'groups' is not null),
  'firstAdministrator', a.first_administrator)`;

/** The statement that announces accounts as they are, also as a part of a larger one; `accounts` is what `from` takes. A sign-in says more. */
export const userLoggedInAnnounced = (accounts: Prisma.Sql, traceparent: string): Prisma.Sql => Prisma.sql`
  insert into outbox (id, type, subject, data, traceparent)
  select gen_random_uuid(), ${UserLoggedIn.type}, a.id, ${userLoggedInData}, ${traceparent} from ${accounts} a`;

const chunk = 1000;

/** Puts the whole state of every account into the outbox again, a chunk a transaction; answers how many there are. */
export async function announceEveryAccount(database: PrismaClient): Promise<number> {
  const traceparent = nextTraceparent();
  let announced = 0;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const page = await database.$queryRaw<{ subject: string }[]>`
      ${userLoggedInAnnounced(Prisma.sql`(select * from account where id > ${after}::uuid order by id limit ${chunk})`, traceparent)}
      order by a.id
      returning subject`;
    announced += page.length;
    if (page.length < chunk) return announced;
    after = page.at(-1)?.subject ?? after;
  }
}
