import { ConfigInvalid, type Logger } from '@sandgate/service-kit';
import { checkReader } from '../sources/check-reader.js';
import type { DataSource } from '../sources/data-source.js';
import { describeDatabaseError } from '../sources/describe-database-error.js';
import type { Catalogue } from './catalogue.js';
import { type CatalogueKeeping, refreshCatalogue } from './refresh-catalogue.js';

export interface KeeperOptions extends CatalogueKeeping {
  readonly sources: readonly DataSource[];
  readonly catalogue: Catalogue;
  readonly log: Logger;
}

/** Keeps the catalogue of this instance as the data sources are. */
export interface CatalogueKeeper {
  /** Before the first request. Throws `ConfigInvalid` if a role may do more than read; one that does not answer is tried again later. */
  start(): Promise<void>;
  /** Checks and introspects every source once. Concurrent calls share one turn. */
  refresh(): Promise<void>;
  /** Asks for a turn without waiting for it; not more than one in two seconds. */
  refreshSoon(): void;
  /** The source of a database, while its role was found to be a reader. */
  findSource(name: string): DataSource | undefined;
  /** Waits for the turn in hand. */
  stop(): Promise<void>;
}

const pauseMs = 2_000;

export function createCatalogueKeeper(options: KeeperOptions): CatalogueKeeper {
  const { sources, catalogue, store, log } = options;
  const usable = new Map<string, DataSource>();
  let turn: Promise<string[]> | undefined;
  let nextTurnAt = 0;

  /** Answers why the source may not be used; throws what PostgreSQL says when it does not answer. */
  const refreshSource = async (source: DataSource): Promise<string[]> => {
    const faults = await checkReader(source);
    // Looked at every time: a role may be given more than it had.
    if (faults.length > 0) {
      usable.delete(source.name);
      return faults;
    }
    const before = catalogue.databases().find(({ name }) => name === source.name)?.revision;
    const database = await refreshCatalogue(source, options);
    catalogue.put(database);
    usable.set(source.name, source);
    if (database.revision !== before)
      log.info({ dataSource: source.name, revision: database.revision }, 'catalogue changed');
    return [];
  };

  /** Answers a sentence for each reason why a source may not be used. */
  const refreshAll = async (): Promise<string[]> => {
    const refused: string[] = [];
    for (const source of sources) {
      try {
        const faults = await refreshSource(source);
        refused.push(...faults.map((fault) => `SANDGATE_DATA_SOURCES: ${source.name}: ${fault}`));
      } catch (error) {
        log.warn({ dataSource: source.name, error: describeDatabaseError(error).cause }, 'catalogue not refreshed');
      }
    }
    return refused;
  };

  const refresh = async (): Promise<void> => {
    turn ??= refreshAll().finally(() => {
      turn = undefined;
      nextTurnAt = Date.now() + pauseMs;
    });
    const refused = await turn;
    if (refused.length > 0) log.error({ refused }, 'data sources refused');
  };

  return {
    async start() {
      for (const { name } of sources) {
        const stored = await store.findOrAdd(name);
        if (stored.revision > 0) catalogue.put(stored);
      }
      const refused = await refreshAll();
      if (refused.length > 0) throw new ConfigInvalid(refused);
    },
    refresh,
    refreshSoon: () => {
      if (Date.now() >= nextTurnAt) void refresh();
    },
    findSource: (name) => usable.get(name),
    stop: async () => void (await turn),
  };
}
