import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { SchemaName } from './role.js';

/** What is written down about a schema: its models, and the migrations that lead to them. */
export interface MigrationHistory {
  schema: SchemaName;
  /** The models; a datasource without models where all tables are written in SQL. */
  prismaSchema: string;
  /** In the order in which they apply. */
  migrations: { name: string; sql: string }[];
}

/** Where a schema's `schema.prisma` and `migrations/` lie. */
export const schemaFolder = (schema: SchemaName): string => fileURLToPath(new URL(`../${schema}/`, import.meta.url));

/** Reads a schema's folder; a schema without one has no migrations. */
export const readHistory = async (schema: SchemaName): Promise<MigrationHistory> => {
  const folder = schemaFolder(schema);
  const entries = await readdir(`${folder}migrations`, { withFileTypes: true }).catch(absentMeans([]));
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const read = async (name: string) => ({
    name,
    sql: await readFile(`${folder}migrations/${name}/migration.sql`, 'utf8'),
  });
  return {
    schema,
    prismaSchema: await readFile(`${folder}schema.prisma`, 'utf8').catch(absentMeans(noModels)),
    migrations: await Promise.all(names.sort().map(read)),
  };
};

const noModels = 'datasource db {\n  provider = "postgresql"\n}\n';

const absentMeans =
  <T>(value: T) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
