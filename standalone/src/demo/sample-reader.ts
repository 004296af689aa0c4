import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { sampleTables } from './sample-schema.js';

/** The role by which dashboard queries the sample database. Roles belong to the whole server, not to one database. */
interface SampleReader {
  readonly name: string;
  readonly password: string;
}

/** Makes the role if it is missing and sets its password. Refuses a role of that name that is more than a reader. */
export async function ensureSampleReader(admin: Client, reader: SampleReader): Promise<void> {
  const { rows } = await admin.query<{ isMore: boolean }>(
    `select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
         or exists (select from pg_auth_members where member = pg_roles.oid) as "isMore"
       from pg_roles where rolname = $1`,
    [reader.name],
  );
  if (rows[0]?.isMore) throw new Error(`The role ${reader.name} may do more than read; rename it or drop it.`);
  const role = escapeIdentifier(reader.name);
  if (!rows[0]) await admin.query(`create role ${role} nosuperuser nobypassrls nocreatedb nocreaterole`);
  await admin.query(`alter role ${role} login password ${escapeLiteral(reader.password)}`);
  await admin.query(`alter role ${role} set default_transaction_read_only = on`);
}

/** The reader may select from the sample's tables; nobody else has any right in the database by being anybody. */
export async function grantSampleReader(owner: Client, databaseName: string, readerName: string): Promise<void> {
  const reader = escapeIdentifier(readerName);
  const database = escapeIdentifier(databaseName);
  const tables = sampleTables.map((table) => `public.${table}`).join(', ');
  await owner.query(`
    revoke all on database ${database} from public;
    revoke all on schema public from public;
    revoke all on ${tables} from public, ${reader};
    grant connect on database ${database} to ${reader};
    grant usage on schema public to ${reader};
    grant select on ${tables} to ${reader}`);
}
