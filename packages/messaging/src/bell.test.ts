import { expect, it } from '@jest/globals';
import { createBell } from './bell.js';

const never = new AbortController().signal;

it('wakes whoever waits', async () => {
  const bell = createBell();
  const waiting = bell.wait(60_000, never);

  bell.ring();

  await expect(waiting).resolves.toBe(true);
});

it('counts a ring that nobody waited for, once', async () => {
  const bell = createBell();
  bell.ring();
  bell.ring();

  await expect(bell.wait(60_000, never)).resolves.toBe(true);
  await expect(bell.wait(1, never)).resolves.toBe(false);
});

it('ends the wait when its signal aborts', async () => {
  const bell = createBell();

  await expect(bell.wait(60_000, AbortSignal.timeout(1))).resolves.toBe(false);
  await expect(bell.wait(60_000, AbortSignal.abort())).resolves.toBe(false);
});
