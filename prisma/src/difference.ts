import pg from 'pg';
import type { DatabaseSchema } from './database-schema.js';
import { type MigrationHistory, schemaFolder } from './migration-files.js';
import { noFilters, schemaEngine } from './schema-engine.js';

const nothing = '-- This is an empty migration.';

/**
 * The SQL that leads from the tables in the database to the models, empty when they agree. What Prisma does not know, such as a
 * check or a condition of an index, it does not compare.
 */
export const sqlOfDifference = async (database: DatabaseSchema, history: MigrationHistory): Promise<string> => {
  const { connectionString, namespace } = database;
  const files = [{ path: 'schema.prisma', content: history.prismaSchema }];
  const pool = new pg.Pool({ connectionString, max: 1 });
  try {
    const engine = await schemaEngine(pool, namespace, history.prismaSchema);
    const { stdout } = await engine
      .diff({
        from: { tag: 'schemaDatasource', files, configDir: schemaFolder(history.schema) },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: null,
        filters: noFilters,
      })
      .finally(() => engine.free());
    const sql = stdout?.trim() ?? '';
    return sql === nothing ? '' : sql;
  } finally {
    await pool.end();
  }
};
