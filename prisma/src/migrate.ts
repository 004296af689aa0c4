import pg from 'pg';
import { applyMigrations } from './apply-migrations.js';
import { ensureRoles } from './ensure-roles.js';
import { readHistory } from './migration-files.js';
import { prepareDatabase } from './prepare-database.js';
import { prepareSchemas, protectMigrationRecords } from './prepare-schemas.js';
import { requireAdministrator } from './require-administrator.js';
import { type Role, roleName, type ServiceSchema, schemaNames, serviceSchemas } from './role.js';

export interface MigrateOptions {
  /** Of a role that may create roles, and that owns the database or may create it. */
  adminUrl: string;
  /** Made if it is missing; without it the database of `adminUrl` is used. It belongs to Sandgate alone. */
  databaseName?: string;
  rolePasswords: Record<Role, string>;
  log: (line: string) => void;
}

// Any number will do that nobody else takes; it spells "sandgate" in part.
const startersTakeTurns = 'select pg_advisory_lock(20561, 1735484517)';

/**
 * Makes a PostgreSQL (15 or later) ready for all services: roles, schemas, privileges, migrations. Returns the URL with which
 * each service connects. Safe to repeat, to interrupt, and to run twice at once.
 */
export const migrate = async (options: MigrateOptions): Promise<Record<ServiceSchema, string>> => {
  const databaseName = options.databaseName ?? databaseOf(options.adminUrl);
  await connected(options.adminUrl, async (admin) => {
    await admin.query(startersTakeTurns);
    await requireAdministrator(admin, databaseName);
    await ensureDatabase(admin, databaseName);
    await ensureRoles(admin, options.rolePasswords);
    await prepareDatabase(admin, databaseName);
    await connected(urlWith(options.adminUrl, { databaseName }), closePublicSchema);
    await migrateSchemas(urlOf('migrate', options, databaseName), options.log);
  });
  const urls = serviceSchemas.map((service) => [service, urlOf(service, options, databaseName)]);
  return Object.fromEntries(urls) as Record<ServiceSchema, string>;
};

const migrateSchemas = (ownerUrl: string, log: MigrateOptions['log']): Promise<void> =>
  connected(ownerUrl, async (owner) => {
    await prepareSchemas(owner);
    for (const schema of schemaNames) {
      const database = { connectionString: ownerUrl, namespace: schema };
      const applied = await applyMigrations(database, await readHistory(schema));
      for (const name of applied) log(`migrated ${schema}: ${name}`);
    }
    await protectMigrationRecords(owner);
  });

const ensureDatabase = async (admin: pg.Client, databaseName: string): Promise<void> => {
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [databaseName]);
  if (rowCount === 0) await admin.query(`create database ${pg.escapeIdentifier(databaseName)}`);
};

const closePublicSchema = async (admin: pg.Client): Promise<void> => {
  await admin.query('revoke all on schema public from public');
};

const urlOf = (role: Role, { adminUrl, rolePasswords }: MigrateOptions, databaseName: string): string =>
  urlWith(adminUrl, { databaseName, user: roleName(role), password: rolePasswords[role] });

const urlWith = (base: string, parts: { databaseName: string; user?: string; password?: string }): string => {
  const url = new URL(base);
  url.pathname = `/${encodeURIComponent(parts.databaseName)}`;
  if (parts.user !== undefined) url.username = parts.user;
  if (parts.password !== undefined) url.password = encodeURIComponent(parts.password);
  return url.href;
};

// As PostgreSQL's own clients do, a URL without a database means the one that is named like the user.
const databaseOf = (url: string): string => {
  const { pathname, username } = new URL(url);
  return decodeURIComponent(pathname.slice(1) || username);
};

const connected = async <T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client(connectionString);
  client.on('error', () => undefined); // the next query reports a lost connection
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
