import { setupWith } from './run-parts.js';
import { ensurePostgres } from './start-postgres.js';

export default setupWith(ensurePostgres);
