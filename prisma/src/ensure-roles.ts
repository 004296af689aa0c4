import pg from 'pg';
import { type Role, roleName, roles } from './role.js';
import { scramVerifier } from './scram-verifier.js';

const { escapeIdentifier, escapeLiteral } = pg;

/** Creates the roles that are missing and sets every role's password. None of them is, or becomes, more than a plain role. */
export const ensureRoles = async (admin: pg.Client, rolePasswords: Record<Role, string>): Promise<void> => {
  for (const role of roles) await ensureRole(admin, roleName(role), rolePasswords[role]);
};

const ensureRole = async (admin: pg.Client, name: string, password: string): Promise<void> => {
  const found = await admin.query<{ privileged: boolean }>(
    `select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as privileged
       from pg_roles where rolname = $1`,
    [name],
  );
  const role = escapeIdentifier(name);
  const existing = found.rows[0];
  const plain = 'nosuperuser nobypassrls nocreaterole nocreatedb noreplication';
  if (existing === undefined) await admin.query(`create role ${role} ${plain}`);
  // Only where it has an effect: to mention superuser or bypassrls, even to say no, takes a superuser.
  else if (existing.privileged) await admin.query(`alter role ${role} ${plain}`);
  await admin.query(`alter role ${role} login password ${escapeLiteral(scramVerifier(password))}`);
};
