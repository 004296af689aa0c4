import { randomBytes } from 'node:crypto';
import type { SandgateConnection } from './sandgate.js';

export interface HostAppConfig {
  readonly sandgate: SandgateConnection;
  /** Signs this application's own session cookie. Not the secret that it shares with Sandgate. */
  readonly sessionSecret: string;
  /** The page of Sandgate that `/analytics` shows: a path, with a query if needed. */
  readonly analyticsPath: string;
}

/** Port and configuration from the environment. Throws one error that lists every fault. */
export function readConfig(env: NodeJS.ProcessEnv): HostAppConfig & { readonly port: number } {
  const port = env.HOST_APP_PORT ?? '8080';
  const siteUrl = env.SANDGATE_SITE_URL ?? '';
  const sharedSecret = env.SANDGATE_JWT_SHARED_SECRET ?? '';
  const sessionSecret = env.HOST_APP_SESSION_SECRET ?? randomBytes(32).toString('hex');
  const analyticsPath = env.HOST_APP_ANALYTICS_PATH ?? '/tables/sample-database/public/invoices';

  const faults = [
    !isPort(port) && 'HOST_APP_PORT must be a port number, 1 to 65535',
    !isOrigin(siteUrl) && 'SANDGATE_SITE_URL must be the origin of Sandgate, such as https://dashboards.example.com',
    !isStrong(sharedSecret) && 'SANDGATE_JWT_SHARED_SECRET must be the signing key from Sandgate, at least 32 bytes',
    !isStrong(sessionSecret) && 'HOST_APP_SESSION_SECRET must be at least 32 bytes',
    sessionSecret === sharedSecret && 'HOST_APP_SESSION_SECRET must differ from SANDGATE_JWT_SHARED_SECRET',
    !/^\/(?![/\\])/.test(analyticsPath) && 'HOST_APP_ANALYTICS_PATH must be a path that begins with one slash',
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new Error(`The configuration is not usable:\n  ${faults.join('\n  ')}`);

  return { port: Number(port), sandgate: { siteUrl, sharedSecret }, sessionSecret, analyticsPath };
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;

const isStrong = (secret: string): boolean => Buffer.byteLength(secret) >= 32;

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).href === `${new URL(text).origin}/`;
}
