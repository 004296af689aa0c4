// auth in a process of its own, so that its memory is nobody else's. It answers SIGUSR2 with what it holds after a collection.
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createAuth } from '@sandgate/auth';
import { embeddedTransport } from '@sandgate/messaging';
import { createLogger, directAsk, startHost } from '@sandgate/service-kit';

const { DATABASE_URL, SETTINGS } = process.env;
const settings = JSON.parse(SETTINGS);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

// What it says is dropped, but said: writing a line is a part of refusing.
const log = createLogger('auth', 'info', { write: () => undefined });
const ask = directAsk(() => answers);
const auth = createAuth({
  ask,
  log,
  databaseUrl: DATABASE_URL,
  sessionSeconds: 3600,
  ...settings,
});
const { answers } = auth;
const host = await startHost({
  services: [auth],
  ask,
  transport: embeddedTransport({ log }),
  serviceCredential: '7d0c1e5b9f3a48628e4d2b6a0c9f1357',
  siteUrl: settings.siteUrl,
  embeddingOrigins: [],
  trustedProxies: ['127.0.0.1'],
  listen: { port: 0, address: '127.0.0.1' },
  log,
});

process.on('SIGUSR2', () => {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`holds ${heapUsed + external}\n`);
});
process.on('SIGTERM', () => host.stop());
process.stdout.write(`listens ${host.port}\n`);
