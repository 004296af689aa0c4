import pg from 'pg';
import { roleName, roles, serviceSchemas } from './role.js';

const { escapeIdentifier } = pg;

/**
 * Sets what belongs to a database as a whole: who may connect, and each role's settings in it. A copy made with
 * `create database … template` has none of this and needs a call of its own. `admin` may be connected to any database.
 */
export const prepareDatabase = async (admin: pg.Client, databaseName: string): Promise<void> => {
  const database = escapeIdentifier(databaseName);
  await admin.query(`revoke all on database ${database} from public`);
  for (const role of roles) {
    const inDatabase = `alter role ${roleName(role)} in database ${database}`;
    await admin.query(`grant connect on database ${database} to ${roleName(role)}`);
    // Prisma's adapter writes and reads timestamps as UTC, whatever the session's time zone is.
    await admin.query(`${inDatabase} set timezone = 'UTC'`);
  }
  await admin.query(`grant create on database ${database} to ${roleName('migrate')}`);
  for (const service of serviceSchemas)
    await admin.query(`alter role ${roleName(service)} in database ${database} set search_path = ${service}`);
};
