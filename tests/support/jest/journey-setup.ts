import { setupWith } from './run-parts.js';
import { ensureChromium } from './start-chromium.js';
import { ensurePostgres } from './start-postgres.js';

export default setupWith(ensurePostgres, ensureChromium);
