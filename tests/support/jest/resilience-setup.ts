import { setupWith } from './run-parts.js';
import { ensureNewestPostgres } from './start-postgres.js';
import { ensureRabbitmq } from './start-rabbitmq.js';

export default setupWith(ensureNewestPostgres, ensureRabbitmq);
