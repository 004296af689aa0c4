import { parseArgs } from 'node:util';
import {
  enablePasswordSignIn,
  Failure,
  listDeadLetters,
  redriveDeadLetters,
  resync,
  type ServiceName,
  serviceNames,
} from '@sandgate/contracts';
import { httpAsk } from '@sandgate/service-kit';
import { readAdminConfig } from './admin-config.js';
import { keepSecrets } from './kept-secrets.js';

const usage = `usage: npm run admin -- <command>

  dead-letters [--service NAME]              list the messages that were given up, with the reason of each
  redrive [--service NAME] [--id ID …]       put dead letters back into their queue; all of them without --id
  resync [--service NAME]                    republish every state from the owners, not what became records; safe at any time
  enable-password-sign-in                    let people sign in with a password again; safe at any time

Services: ${serviceNames.join(', ')}. Speaks to the running system: by AUTH_URL, DIRECTORY_URL, PERMISSIONS_URL, DASHBOARD_URL and
SANDGATE_SERVICE_CREDENTIAL where these are set, else to \`npm start\` by PORT and SANDGATE_HOME.`;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { service: { type: 'string', multiple: true }, id: { type: 'string', multiple: true } },
  });
  const services = (values.service ?? serviceNames) as ServiceName[];
  const command = positionals.length === 1 ? positionals[0] : undefined;
  if (
    services.some((name) => !serviceNames.includes(name)) ||
    !['dead-letters', 'redrive', 'resync', 'enable-password-sign-in'].includes(command ?? '')
  ) {
    process.stderr.write(`${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const config = readAdminConfig(process.env);
  const ask = httpAsk(config.urls, config.serviceCredential ?? (await keepSecrets(config.home)).serviceCredential);
  if (command === 'enable-password-sign-in') {
    await ask(enablePasswordSignIn, {});
    process.stdout.write('auth: people may sign in with a password\n');
    return;
  }
  for (const service of services) {
    if (command === 'resync') print(service, (await ask(resync[service], {})).republished, 'events republished');
    if (command === 'redrive')
      print(service, (await ask(redriveDeadLetters[service], { ids: values.id })).redriven, 'messages put back');
    if (command === 'dead-letters') {
      const { deadLetters } = await ask(listDeadLetters[service], { limit: 1000 });
      print(service, deadLetters.length, 'dead letters');
      for (const letter of deadLetters) process.stdout.write(`  ${JSON.stringify(letter)}\n`);
    }
  }
}

const print = (service: string, count: number, what: string): boolean =>
  process.stdout.write(`${service}: ${count} ${what}\n`);

await main().catch((error: unknown) => {
  const hint = error instanceof Failure && error.code === 'service.unavailable' ? ' Is the system running?' : '';
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}${hint}\n`);
  process.exitCode = 1;
});
