import { findChromium } from '../chromium.js';
import { offer } from '../testbed.js';
import { startOnce } from './run-parts.js';

/** Finds or installs the browser before the first test's time runs; each test starts its own. */
export const ensureChromium = startOnce('chromium', async () => {
  offer('chromium', await findChromium());
  return { dispose: async () => undefined };
});
