import { setupWith } from './run-parts.js';
import { ensureChromium } from './start-chromium.js';
import { ensureNewestPostgres } from './start-postgres.js';

export default setupWith(ensureNewestPostgres, ensureChromium);
