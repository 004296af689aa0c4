import { authSettings } from '@sandgate/auth';
import { dashboardSettings } from '@sandgate/dashboard';
import { directorySettings } from '@sandgate/directory';
import { loadConfig, setting } from '@sandgate/service-kit';
import { z } from 'zod';

const schema = z.object({
  PORT: setting.port.default(3000),
  HOST_APP_PORT: setting.port.default(8080),
  SANDGATE_HOME: z.string().default('.sandgate'),
  SANDGATE_SITE_URL: setting.origin.optional(),
  SANDGATE_EMBEDDING_ORIGINS: setting.origins.optional(),
  SANDGATE_COOKIE_SAMESITE: setting.sameSite.default('lax'),
  SANDGATE_ADMIN_EMAIL: authSettings.SANDGATE_ADMIN_EMAIL.optional(),
  SANDGATE_ADMIN_PASSWORD: authSettings.SANDGATE_ADMIN_PASSWORD.optional(),
  SANDGATE_JWT_SHARED_SECRET: authSettings.SANDGATE_JWT_SHARED_SECRET.optional(),
  SANDGATE_TRUSTED_PROXIES: authSettings.SANDGATE_TRUSTED_PROXIES,
  SANDGATE_REFUSALS_PER_MINUTE: authSettings.SANDGATE_REFUSALS_PER_MINUTE,
  SESSION_MAX_AGE_SECONDS: authSettings.SESSION_MAX_AGE_SECONDS,
  SANDGATE_SESSION_IDLE_SECONDS: authSettings.SANDGATE_SESSION_IDLE_SECONDS,
  SANDGATE_RECORD_RETENTION_DAYS: directorySettings.SANDGATE_RECORD_RETENTION_DAYS,
  SANDGATE_DATA_SOURCES: dashboardSettings.SANDGATE_DATA_SOURCES.default([]),
  SANDGATE_DEMO: setting.boolean.default(true),
  SANDGATE_LOG_LEVEL: setting.logLevel.default('info'),
  DATABASE_URL: setting.url(/^postgres(ql)?:$/).optional(),
  AMQP_URL: setting.url(/^amqps?:$/).optional(),
});

export type StandaloneConfig = ReturnType<typeof readConfig>;

/** The environment of `npm start`. Everything has a default or is generated and kept; what is present but malformed stops the start. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const config = loadConfig(schema, env);
  const siteUrl = config.SANDGATE_SITE_URL ?? `http://localhost:${config.PORT}`;
  const hostAppUrl = `http://localhost:${config.HOST_APP_PORT}`;
  return {
    ...config,
    siteUrl,
    hostAppUrl,
    embeddingOrigins: config.SANDGATE_EMBEDDING_ORIGINS ?? (config.SANDGATE_DEMO ? [hostAppUrl] : []),
  };
}
