import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

/**
 * Prisma's PostgreSQL adapter, mended for the schema engine in two places: a script is sent whole, and the one-letter
 * columns of PostgreSQL's own catalogue can be read.
 */
export const migrationAdapter = (pool: pg.Pool, schema: string): SqlMigrationAwareDriverAdapterFactory => {
  const factory = new PrismaPg(pool, { schema });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter = await factory.connect();
      adapter.executeScript = (script) => executeWhole(pool, script);
      readLetters(adapter, pool);
      return adapter;
    },
    async connectToShadowDb() {
      throw new Error('No shadow database: compare with a database that has every migration');
    },
  };
};

// The adapter cuts a script at each semicolon, also inside a function body or a comment, and commits each piece by itself.
const executeWhole = async (pool: pg.Pool, script: string): Promise<void> => {
  await pool.query(script).catch(throwDescribed);
};

// The engine shows a described error, and of any other only a number.
const throwDescribed = (error: unknown): never => {
  const known: Partial<pg.DatabaseError> = error instanceof pg.DatabaseError ? error : {};
  throw new DriverAdapterError({
    kind: 'postgres',
    code: known.code ?? '',
    severity: known.severity ?? 'FATAL',
    message: error instanceof Error ? error.message : String(error),
    detail: known.detail,
    column: known.column,
    hint: known.hint,
  });
};

const { CHAR: LETTER, TEXT } = pg.types.builtins;

// The catalogue's type "char" is missing from the adapter's table. It is passed through as text and named again afterwards.
const readLetters = (adapter: SqlDriverAdapter, pool: pg.Pool): void => {
  let letters: boolean[] = [];
  const query = pool.query.bind(pool) as (...parameters: unknown[]) => Promise<pg.QueryResult>;
  const queryNotingLetters = async (...parameters: unknown[]): Promise<pg.QueryResult> => {
    const result = await query(...parameters);
    letters = (result.fields ?? []).map((field) => field.dataTypeID === LETTER);
    for (const field of result.fields ?? []) if (field.dataTypeID === LETTER) field.dataTypeID = TEXT;
    return result;
  };
  pool.query = queryNotingLetters as typeof pool.query;

  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement).catch((error) =>
      error instanceof DriverAdapterError ? Promise.reject(error) : throwDescribed(error),
    );
    const columnTypes = result.columnTypes.map((type, index) => (letters[index] ? ColumnTypeEnum.Character : type));
    return { ...result, columnTypes };
  };
};
