import { rabbitmqTransport } from '@sandgate/messaging';
import { createLogger, httpAsk, runProcess, startHost } from '@sandgate/service-kit';
import { readConfig } from './config.js';
import { createAuth } from './service.js';

await runProcess(async () => {
  const config = readConfig(process.env);
  const log = createLogger('auth', config.SANDGATE_LOG_LEVEL);
  const urls = {
    auth: config.AUTH_URL,
    directory: config.DIRECTORY_URL,
    permissions: config.PERMISSIONS_URL,
    dashboard: config.DASHBOARD_URL,
  };
  const ask = httpAsk(urls, config.SANDGATE_SERVICE_CREDENTIAL);
  const auth = createAuth({
    ask,
    log,
    databaseUrl: config.DATABASE_URL,
    siteUrl: config.SANDGATE_SITE_URL,
    embeddingOrigins: config.SANDGATE_EMBEDDING_ORIGINS,
    sessionSeconds: config.SESSION_MAX_AGE_SECONDS,
    refusalsPerMinute: config.SANDGATE_REFUSALS_PER_MINUTE,
    sessionIdleSeconds: config.SANDGATE_SESSION_IDLE_SECONDS,
    sameSite: config.SANDGATE_COOKIE_SAMESITE,
    adminEmail: config.SANDGATE_ADMIN_EMAIL,
    adminPassword: config.SANDGATE_ADMIN_PASSWORD,
    jwtSharedSecret: config.SANDGATE_JWT_SHARED_SECRET,
    identityProviderUri: config.SANDGATE_JWT_IDENTITY_PROVIDER_URI,
  });
  const { stop } = await startHost({
    services: [auth],
    ask,
    transport: rabbitmqTransport({ url: config.AMQP_URL, name: 'auth', log }),
    serviceCredential: config.SANDGATE_SERVICE_CREDENTIAL,
    siteUrl: config.SANDGATE_SITE_URL,
    embeddingOrigins: config.SANDGATE_EMBEDDING_ORIGINS,
    trustedProxies: config.SANDGATE_TRUSTED_PROXIES,
    sameSite: config.SANDGATE_COOKIE_SAMESITE,
    listen: { port: config.PORT, address: '0.0.0.0' },
    log,
  });
  return { stop, log };
});
