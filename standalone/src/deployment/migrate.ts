import { migrate } from '@sandgate/migrations';
import { createLogger, loadConfig, setting } from '@sandgate/service-kit';
import { z } from 'zod';
import { loadSampleDatabase } from '../demo/sample-database.js';
import { prepareBroker } from './prepare-broker.js';
import { runOnce } from './run-once.js';

// The one-off that runs before the services: PostgreSQL, RabbitMQ, the sample database.

/** Part of an address, so that only some characters can be taken. */
const password = z.string().regex(/^[\w-]{16,}$/, 'must be at least 16 characters: letters, digits, - and _');

const schema = z.object({
  DATABASE_URL: setting.url(/^postgres(ql)?:$/),
  MIGRATE_DATABASE_PASSWORD: password,
  AUTH_DATABASE_PASSWORD: password,
  DIRECTORY_DATABASE_PASSWORD: password,
  PERMISSIONS_DATABASE_PASSWORD: password,
  DASHBOARD_DATABASE_PASSWORD: password,
  READER_DATABASE_PASSWORD: password,
  AMQP_URL: setting.url(/^amqps?:$/),
  RABBITMQ_MANAGEMENT_URL: setting.origin,
  AUTH_AMQP_PASSWORD: password,
  DIRECTORY_AMQP_PASSWORD: password,
  PERMISSIONS_AMQP_PASSWORD: password,
  DASHBOARD_AMQP_PASSWORD: password,
  SANDGATE_DEMO: setting.boolean.default(true),
});

await runOnce(async () => {
  const config = loadConfig(schema, process.env);
  const log = createLogger('migrate', 'info');
  await migrate({
    adminUrl: config.DATABASE_URL,
    rolePasswords: {
      migrate: config.MIGRATE_DATABASE_PASSWORD,
      auth: config.AUTH_DATABASE_PASSWORD,
      directory: config.DIRECTORY_DATABASE_PASSWORD,
      permissions: config.PERMISSIONS_DATABASE_PASSWORD,
      dashboard: config.DASHBOARD_DATABASE_PASSWORD,
    },
    log: (line) => log.info(line),
  });
  log.info('PostgreSQL is ready');
  await prepareBroker({
    amqpUrl: config.AMQP_URL,
    managementUrl: config.RABBITMQ_MANAGEMENT_URL,
    passwords: {
      auth: config.AUTH_AMQP_PASSWORD,
      directory: config.DIRECTORY_AMQP_PASSWORD,
      permissions: config.PERMISSIONS_AMQP_PASSWORD,
      dashboard: config.DASHBOARD_AMQP_PASSWORD,
    },
  });
  log.info('RabbitMQ is ready');
  if (!config.SANDGATE_DEMO) return;
  await loadSampleDatabase({ adminUrl: config.DATABASE_URL, readerPassword: config.READER_DATABASE_PASSWORD, log });
  log.info('the sample database is ready');
});
