import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import type pg from 'pg';
import { migrationAdapter } from './migration-adapter.js';

export type SchemaEngine = bindings.SchemaEngine;

/** Every table that the schema engine sees is Prisma's to manage. */
export const noFilters = { externalTables: [], externalEnums: [] };

/** Prisma's schema engine on one schema of the pool's database. It leaves the pool open. */
export const schemaEngine = async (pool: pg.Pool, schema: string, prismaSchema: string): Promise<SchemaEngine> => {
  instantiated ??= instantiate();
  await instantiated;
  const datamodels: [string, string][] = [['schema.prisma', prismaSchema]];
  const adapter = bindMigrationAwareSqlAdapterFactory(migrationAdapter(pool, schema));
  return bindings.SchemaEngine.new({ datamodels }, () => undefined, adapter);
};

let instantiated: Promise<void> | undefined;

// The package's own entry imports the .wasm file as a module, which Node 20 does only behind a flag.
const instantiate = async (): Promise<void> => {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: reportPanic } });
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(path.join(path.dirname(entry), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': imports });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
};

// The engine leaves the clock of its lock running when it is done; that must not keep the process.
const imports = Object.fromEntries(
  Object.entries<unknown>({ ...bindings }).map(([name, value]) =>
    name.startsWith('__wbg_setTimeout_')
      ? [name, (run: () => void, ms: number) => setTimeout(run, ms).unref()]
      : [name, value],
  ),
);

// A panic of the engine ends in a trap without a word; what it wants to say comes here.
const reportPanic = (message: string): void => {
  process.emitWarning(`Prisma's schema engine: ${message}`);
};
