import { StartRefused } from '@sandgate/service-kit';
import type pg from 'pg';

interface Abilities {
  name: string;
  version: number;
  createsRoles: boolean;
  createsDatabases: boolean;
  /** `null` where there is no such database yet. */
  ownsDatabase: boolean | null;
}

/** Throws one sentence that says what is missing if the connected role cannot set up `databaseName`. */
export const requireAdministrator = async (admin: pg.Client, databaseName: string): Promise<void> => {
  const { rows } = await admin.query<Abilities>(
    `select rolname as name, current_setting('server_version_num')::int as version,
            rolsuper or rolcreaterole as "createsRoles", rolsuper or rolcreatedb as "createsDatabases",
            (select rolsuper or pg_has_role(datdba, 'usage') from pg_database where datname = $1) as "ownsDatabase"
       from pg_roles where rolname = current_user`,
    [databaseName],
  );
  const fault = rows[0] && faultOf(rows[0], databaseName);
  if (fault !== undefined) throw new StartRefused(fault);
};

const faultOf = (role: Abilities, databaseName: string): string | undefined => {
  if (role.version < 150_000)
    return `PostgreSQL ${Math.floor(role.version / 10_000)} is too old; Sandgate needs 15 or later`;
  if (!role.createsRoles)
    return `The database role ${role.name} may not create roles; give it CREATEROLE, or use another one`;
  if (role.ownsDatabase === null && !role.createsDatabases)
    return `There is no database ${databaseName}, and the database role ${role.name} may not create it`;
  if (role.ownsDatabase === false)
    return `The database role ${role.name} may not create schemas in ${databaseName}; make it the owner of the database`;
  return undefined;
};
