import { people } from '@sandgate/host-app';
import type { StandaloneConfig } from './config.js';
import type { System } from './system.js';

/** What a person at the terminal needs next: the addresses, and whom to sign in as. */
export function welcome(config: StandaloneConfig, { adminEmail, adminPassword }: System): string {
  const shownPassword =
    config.SANDGATE_ADMIN_PASSWORD === undefined ? adminPassword : 'as set in SANDGATE_ADMIN_PASSWORD';
  const hostApp = people.map(({ email, password, about }) => `    ${email.padEnd(22)} ${password.padEnd(12)} ${about}`);
  return [
    '',
    'Sandgate is ready.',
    '',
    `  Dashboards         ${config.siteUrl}`,
    ...(config.SANDGATE_DEMO ? [`  Host application   ${config.hostAppUrl}`] : []),
    '',
    `  Administrator, at ${config.siteUrl}/login`,
    `    ${adminEmail.padEnd(22)} ${shownPassword}`,
    ...(config.SANDGATE_DEMO ? ['  People of two customers, at the host application', ...hostApp] : []),
    '',
    `  Data and log in ${config.SANDGATE_HOME}. Ctrl-C stops it.`,
    '',
    '',
  ].join('\n');
}
