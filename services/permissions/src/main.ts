import { rabbitmqTransport } from '@sandgate/messaging';
import { createLogger, httpAsk, runProcess, startHost } from '@sandgate/service-kit';
import { readConfig } from './config.js';
import { createPermissions } from './service.js';

await runProcess(async () => {
  const config = readConfig(process.env);
  const log = createLogger('permissions', config.SANDGATE_LOG_LEVEL);
  const serviceCredential = config.SANDGATE_SERVICE_CREDENTIAL;
  const { AUTH_URL: auth, DIRECTORY_URL: directory, PERMISSIONS_URL: permissions, DASHBOARD_URL: dashboard } = config;
  const { stop } = await startHost({
    services: [createPermissions({ databaseUrl: config.DATABASE_URL })],
    ask: httpAsk({ auth, directory, permissions, dashboard }, serviceCredential),
    transport: rabbitmqTransport({ url: config.AMQP_URL, log }),
    serviceCredential,
    siteUrl: config.SANDGATE_SITE_URL,
    embeddingOrigins: config.SANDGATE_EMBEDDING_ORIGINS,
    sameSite: config.SANDGATE_COOKIE_SAMESITE,
    listen: { port: config.PORT, address: '0.0.0.0' },
    log,
  });
  return { stop, log };
});
