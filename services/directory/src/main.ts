import { rabbitmqTransport } from '@sandgate/messaging';
import { createLogger, httpAsk, runProcess, startHost } from '@sandgate/service-kit';
import { readConfig } from './config.js';
import { createDirectory } from './service.js';

await runProcess(async () => {
  const config = readConfig(process.env);
  const log = createLogger('directory', config.SANDGATE_LOG_LEVEL);
  const urls = {
    auth: config.AUTH_URL,
    directory: config.DIRECTORY_URL,
    permissions: config.PERMISSIONS_URL,
    dashboard: config.DASHBOARD_URL,
  };
  const ask = httpAsk(urls, config.SANDGATE_SERVICE_CREDENTIAL);
  const host = await startHost({
    services: [
      createDirectory({
        databaseUrl: config.DATABASE_URL,
        recordRetentionDays: config.SANDGATE_RECORD_RETENTION_DAYS,
        ask,
        log,
      }),
    ],
    ask,
    transport: rabbitmqTransport({ url: config.AMQP_URL, name: 'directory', log }),
    serviceCredential: config.SANDGATE_SERVICE_CREDENTIAL,
    siteUrl: config.SANDGATE_SITE_URL,
    embeddingOrigins: config.SANDGATE_EMBEDDING_ORIGINS,
    sameSite: config.SANDGATE_COOKIE_SAMESITE,
    listen: { port: config.PORT, address: '0.0.0.0' },
    log,
  });
  return { stop: host.stop, log };
});
