export { type MigrateOptions, migrate } from './migrate.js';
export { prepareDatabase } from './prepare-database.js';
export type { Role, ServiceSchema } from './role.js';
