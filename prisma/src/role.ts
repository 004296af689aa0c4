/** The services that have a schema and a role of their own. */
export const serviceSchemas = ['auth', 'directory', 'permissions', 'dashboard'] as const;
export type ServiceSchema = (typeof serviceSchemas)[number];

/** The schemas that have migrations: one for each service, and the embedded transport's. */
export const schemaNames = [...serviceSchemas, 'messaging'] as const;
export type SchemaName = (typeof schemaNames)[number];

/** `migrate` owns the schemas and changes them; each service's role reads and writes rows in its own. */
export const roles = ['migrate', ...serviceSchemas] as const;
export type Role = (typeof roles)[number];

export const roleName = (role: Role): string => `sandgate_${role}`;

/** The schemas in which a service's role may read and write: its own, and the embedded transport's. */
export const schemasOf = (service: ServiceSchema): SchemaName[] => [service, 'messaging'];
