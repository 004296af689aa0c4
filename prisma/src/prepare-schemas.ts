import type pg from 'pg';
import { roleName, schemaNames, schemasOf, serviceSchemas } from './role.js';

/** Creates the schemas and says who may use the tables that migrations will make there. `owner` is the migrating role. */
export const prepareSchemas = async (owner: pg.Client): Promise<void> => {
  for (const schema of schemaNames) await owner.query(`create schema if not exists ${schema}`);
  for (const service of serviceSchemas) {
    const role = roleName(service);
    for (const schema of schemasOf(service)) {
      const byDefault = `alter default privileges in schema ${schema} grant`;
      await owner.query(`grant usage on schema ${schema} to ${role}`);
      await owner.query(`${byDefault} select, insert, update, delete on tables to ${role}`);
      await owner.query(`${byDefault} usage, select on sequences to ${role}`);
    }
  }
};

/** Takes the record of migrations away from the services: only the migrating role may change it. */
export const protectMigrationRecords = async (owner: pg.Client): Promise<void> => {
  const records = await owner.query<{ schema: string }>(
    `select schemaname as schema from pg_tables where tablename = '_prisma_migrations' and schemaname = any($1)`,
    [schemaNames],
  );
  for (const { schema } of records.rows)
    for (const service of serviceSchemas)
      await owner.query(`revoke all on ${schema}._prisma_migrations from ${roleName(service)}`);
};
