import type { ServiceName } from '@sandgate/contracts';
import { loadConfig, serviceSettings, setting } from '@sandgate/service-kit';
import { z } from 'zod';

const { AUTH_URL, DIRECTORY_URL, PERMISSIONS_URL, DASHBOARD_URL, SANDGATE_SERVICE_CREDENTIAL } = serviceSettings;

const distributed = z.object({ AUTH_URL, DIRECTORY_URL, PERMISSIONS_URL, DASHBOARD_URL, SANDGATE_SERVICE_CREDENTIAL });
const embedded = z.object({ PORT: setting.port.default(3000), SANDGATE_HOME: z.string().default('.sandgate') });

export interface AdminConfig {
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly home: string;
  /** Absent where the file of `npm start` holds it. */
  readonly serviceCredential?: string;
}

/** Where the running system is: its services by address, or the one process of `npm start`. */
export function readAdminConfig(env: NodeJS.ProcessEnv): AdminConfig {
  const alsoKnown = Object.keys(env).filter((name) => name.startsWith('SANDGATE_'));
  if (env['AUTH_URL'] !== undefined) {
    const config = loadConfig(distributed, env, { alsoKnown });
    const urls = {
      auth: config.AUTH_URL,
      directory: config.DIRECTORY_URL,
      permissions: config.PERMISSIONS_URL,
      dashboard: config.DASHBOARD_URL,
    };
    return { urls, home: '', serviceCredential: config.SANDGATE_SERVICE_CREDENTIAL };
  }
  const config = loadConfig(embedded, env, { alsoKnown });
  const site = `http://127.0.0.1:${config.PORT}`;
  return { urls: { auth: site, directory: site, permissions: site, dashboard: site }, home: config.SANDGATE_HOME };
}
