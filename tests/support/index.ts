// What the bench uses, which runs as compiled programs. Test files import the module that they mean: this one loads a good deal.
export { eventually, Hopeless } from './eventually.js';
export { freePort } from './free-port.js';
export { clientSecret, startOpenIdProvider } from './openid-provider.js';
export { type PostgresServer, startPostgres } from './postgres-server.js';
export { findRabbitmq } from './rabbitmq.js';
export { type StartedProcess, startProcess, stopProcess } from './start-process.js';
