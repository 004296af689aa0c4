import { migrate } from './migrate.js';
import type { Role } from './role.js';

// The one-off container that runs before the services: node prisma/dist/main.js

const shortestPassword = 16;

const passwordVariables: Record<Role, string> = {
  migrate: 'MIGRATE_DATABASE_PASSWORD',
  auth: 'AUTH_DATABASE_PASSWORD',
  directory: 'DIRECTORY_DATABASE_PASSWORD',
  permissions: 'PERMISSIONS_DATABASE_PASSWORD',
  dashboard: 'DASHBOARD_DATABASE_PASSWORD',
};

const faultsOf = (env: NodeJS.ProcessEnv): string[] => {
  const urlFault = /^postgres(ql)?:\/\/[^/]/.test(env['DATABASE_URL'] ?? '') && URL.canParse(env['DATABASE_URL'] ?? '');
  const short = Object.values(passwordVariables).filter((name) => (env[name] ?? '').length < shortestPassword);
  return [
    ...(urlFault ? [] : ['DATABASE_URL must be the postgres:// URL of a role that may create roles and schemas']),
    ...short.map((name) => `${name} must have at least ${shortestPassword} characters`),
  ];
};

const passwordsOf = (env: NodeJS.ProcessEnv): Record<Role, string> => {
  const pairs = Object.entries(passwordVariables).map(([role, name]) => [role, env[name]]);
  return Object.fromEntries(pairs) as Record<Role, string>;
};

const run = async (env: NodeJS.ProcessEnv): Promise<void> => {
  const faults = faultsOf(env);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  await migrate({
    adminUrl: env['DATABASE_URL'] ?? '',
    rolePasswords: passwordsOf(env),
    log: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write('the database is ready\n');
};

await run(process.env).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
