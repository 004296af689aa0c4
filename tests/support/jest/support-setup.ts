import { setupWith } from './run-parts.js';
import { ensureChromium } from './start-chromium.js';
import { ensureNewestPostgres } from './start-postgres.js';
import { ensureRabbitmq } from './start-rabbitmq.js';

export default setupWith(ensureNewestPostgres, ensureRabbitmq, ensureChromium);
