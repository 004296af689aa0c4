import { setupWith } from './run-parts.js';
import { ensurePostgres } from './start-postgres.js';
import { ensureRabbitmq } from './start-rabbitmq.js';

export default setupWith(ensurePostgres, ensureRabbitmq);
