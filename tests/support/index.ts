export { findChromium, launchBrowser } from './chromium.js';
export { eventually, Hopeless, type Patience } from './eventually.js';
export { freePort } from './free-port.js';
export { clientSecret, startOpenIdProvider } from './openid-provider.js';
export { emptyDatabase, freshDatabase, type MigratedDatabase, type TestDatabase } from './postgres.js';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres-server.js';
export { type Broker, type BrokerAddress, findRabbitmq, rabbitmq, startRabbitmq } from './rabbitmq.js';
export { type ServiceOptions, type ServiceProcess, spawnService } from './spawn-service.js';
export { type ProcessOptions, type StartedProcess, startProcess, stopProcess } from './start-process.js';
