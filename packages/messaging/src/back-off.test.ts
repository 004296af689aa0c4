import { expect, it } from '@jest/globals';
import { createBackOff, pause } from './back-off.js';

it('doubles its delays up to the last one, never below half, and begins anew after a reset', () => {
  const delays = createBackOff(100, 400);

  for (const longest of [100, 200, 400, 400]) {
    const delay = delays.next();
    expect(delay).toBeGreaterThanOrEqual(longest / 2);
    expect(delay).toBeLessThanOrEqual(longest);
  }
  delays.reset();
  expect(delays.next()).toBeLessThanOrEqual(100);
});

it('ends a pause early, without an error, when its signal aborts', async () => {
  await expect(pause(60_000, AbortSignal.timeout(1))).resolves.toBeUndefined();
  await expect(pause(60_000, AbortSignal.abort())).resolves.toBeUndefined();
});
