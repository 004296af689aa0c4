import { setupWith } from './run-parts.js';
import { ensureChromium } from './start-chromium.js';
import { ensureRabbitmq } from './start-rabbitmq.js';

export default setupWith(ensureRabbitmq, ensureChromium);
