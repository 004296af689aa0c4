import { setupWith } from './run-parts.js';
import { ensureOldestPostgres } from './start-postgres.js';
import { ensureRabbitmq } from './start-rabbitmq.js';

export default setupWith(ensureOldestPostgres, ensureRabbitmq);
