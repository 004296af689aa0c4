import { rabbitmqTransport } from '@sandgate/messaging';
import { createLogger, httpAsk, loadConfig, runProcess, startHost } from '@sandgate/service-kit';
import { DashboardConfig } from './config.js';
import { createDashboard } from './service.js';

await runProcess(async () => {
  const config = loadConfig(DashboardConfig, process.env);
  const log = createLogger('dashboard', config.SANDGATE_LOG_LEVEL);
  const serviceCredential = config.SANDGATE_SERVICE_CREDENTIAL;
  const siteUrl = config.SANDGATE_SITE_URL;
  const ask = httpAsk(
    {
      auth: config.AUTH_URL,
      directory: config.DIRECTORY_URL,
      permissions: config.PERMISSIONS_URL,
      dashboard: config.DASHBOARD_URL,
    },
    serviceCredential,
  );
  const dashboard = createDashboard({
    databaseUrl: config.DATABASE_URL,
    dataSources: config.SANDGATE_DATA_SOURCES,
    queryTimeoutSeconds: config.QUERY_TIMEOUT_SECONDS,
    siteUrl,
    ask,
    log,
  });
  const { stop } = await startHost({
    services: [dashboard],
    ask,
    transport: rabbitmqTransport({ url: config.AMQP_URL, log }),
    serviceCredential,
    siteUrl,
    embeddingOrigins: config.SANDGATE_EMBEDDING_ORIGINS,
    sameSite: config.SANDGATE_COOKIE_SAMESITE,
    listen: { port: config.PORT, address: '0.0.0.0' },
    log,
  });
  return { stop, log };
});
