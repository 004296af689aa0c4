import { setupWith } from './run-parts.js';
import { ensureOldestPostgres } from './start-postgres.js';

export default setupWith(ensureOldestPostgres);
