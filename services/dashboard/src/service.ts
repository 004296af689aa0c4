import type { Ask } from '@sandgate/contracts';
import { createOutbox } from '@sandgate/messaging';
import type { Logger, Service } from '@sandgate/service-kit';
import { announceCatalogue } from './catalogue/announce-catalogue.js';
import { createCatalogue } from './catalogue/catalogue.js';
import { createCatalogueStore } from './catalogue/catalogue-store.js';
import { createCatalogueKeeper } from './catalogue/keep-catalogue.js';
import { connect } from './database.js';
import { getOpenApi } from './http/get-open-api.route.js';
import { listTables } from './http/list-tables.route.js';
import { readRows } from './http/read-rows.route.js';
import { runQuery } from './http/run-query.route.js';
import { arrivalPage } from './pages/arrival.page.js';
import { assets } from './pages/assets.js';
import { resetPasswordPage } from './pages/reset-password.page.js';
import { signInPage } from './pages/sign-in.page.js';
import { signOutPage } from './pages/sign-out.page.js';
import { tablePages } from './pages/table.page.js';
import { tableListPage } from './pages/table-list.page.js';
import { countVisibleAnswer } from './questions/count-visible.answer.js';
import { dashboardReadiness } from './readiness.js';
import { type DataSourceSetting, openDataSource } from './sources/data-source.js';

export interface DashboardDependencies {
  /** This service's own schema. The data to show is in `dataSources`. */
  readonly databaseUrl: string;
  readonly dataSources: readonly DataSourceSetting[];
  readonly queryTimeoutSeconds?: number;
  readonly siteUrl: string;
  readonly ask: Ask;
  readonly log: Logger;
}

const catalogueIntervalSeconds = 60;

/**
 * The dashboard service: data sources, their catalogue, and every read of their rows. It holds no permission of its own; each read asks
 * permissions for a decision. Consumes nothing, publishes CatalogChanged.
 */
export function createDashboard({
  databaseUrl,
  dataSources,
  queryTimeoutSeconds = 30,
  siteUrl,
  ask,
  log,
}: DashboardDependencies): Service {
  const database = connect(databaseUrl, { max: 5 });
  const outbox = createOutbox();
  const store = createCatalogueStore(database);
  const catalogue = createCatalogue();
  const sources = dataSources.map((setting) => openDataSource(setting, { queryTimeoutSeconds, log }));
  const keeper = createCatalogueKeeper({ sources, catalogue, store, database, outbox, log });
  const { findSource } = keeper;
  const reading = { ask, catalogue, findSource, onCatalogueDiffers: keeper.refreshSoon };

  return {
    name: 'dashboard',
    database,
    outbox,
    routes: [
      listTables(reading),
      readRows(reading),
      runQuery(reading),
      getOpenApi(),
      tableListPage(reading),
      ...tablePages(reading),
      signInPage({ ask, siteUrl }),
      resetPasswordPage(),
      arrivalPage({ siteUrl }),
      signOutPage(),
      ...assets(),
    ],
    answers: [countVisibleAnswer(reading)],
    subscriptions: [],
    jobs: [
      {
        name: 'refresh-catalogue',
        everySeconds: catalogueIntervalSeconds,
        run: async () => void (await keeper.refresh()),
      },
    ],
    readiness: dashboardReadiness({ ask, catalogue, sources, findSource }),
    prepare: keeper.start,
    resync: async () => {
      const republished = await database.$transaction(async (tx) => {
        const databases = await store.listIntrospected(tx);
        await announceCatalogue(outbox, tx, databases);
        return databases.length;
      });
      outbox.wake();
      return republished;
    },
    close: async () => {
      await keeper.stop();
      await Promise.all(sources.map((source) => source.close()));
      await database.$disconnect();
    },
  };
}
