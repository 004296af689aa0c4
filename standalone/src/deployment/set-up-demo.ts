import { createLogger, loadConfig, setting } from '@sandgate/service-kit';
import { z } from 'zod';
import { setUpOnce } from '../demo/set-up-once.js';
import { runOnce } from './run-once.js';

// The one-off that sets the demonstration up once the services answer.

const schema = z.object({
  SANDGATE_HOME: z.string(),
  SANDGATE_API_URL: setting.origin,
  SANDGATE_ADMIN_EMAIL: z.string(),
  SANDGATE_ADMIN_PASSWORD: z.string(),
  SANDGATE_JWT_IDENTITY_PROVIDER_URI: setting.url(/^https?:$/),
  SANDGATE_DEMO: setting.boolean.default(true),
});

await runOnce(async () => {
  const config = loadConfig(schema, process.env);
  const log = createLogger('demo', 'info');
  if (!config.SANDGATE_DEMO) return log.info('no demonstration is wanted');
  await setUpOnce({
    home: config.SANDGATE_HOME,
    siteUrl: config.SANDGATE_API_URL,
    adminEmail: config.SANDGATE_ADMIN_EMAIL,
    adminPassword: config.SANDGATE_ADMIN_PASSWORD,
    identityProviderUri: config.SANDGATE_JWT_IDENTITY_PROVIDER_URI,
  });
  log.info('the demonstration is set up');
});
